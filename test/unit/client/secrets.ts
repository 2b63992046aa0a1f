/** All that a value shows of itself: what is enumerable and what is not, its prototype's getters, its causes. */
const seen = (value: unknown, visited = new Set<unknown>()): string => {
  if (typeof value === 'function' || typeof value === 'symbol') return '';
  if (typeof value !== 'object' || value === null) return String(value);
  // Whoever asks a response for its body gets it: it is not kept from its owner, only from logs.
  if (visited.has(value) || value instanceof Response) return '';
  visited.add(value);
  const own = Reflect.ownKeys(value).map((key) => `${String(key)}=${seen(Reflect.get(value, key), visited)}`);
  const entries = value instanceof Map ? [...value].map((entry) => seen(entry, visited)) : [];
  const written = [attempt(() => JSON.stringify(value)), attempt(() => String(value))];
  return [...own, ...entries, ...written].join('\n');
};

const attempt = (write: () => string): string => {
  try {
    return write();
  } catch {
    return '';
  }
};

/** The secrets that stand anywhere in what could be read, logged or kept. */
export const leaksIn = (secrets: Iterable<string>, readable: unknown): string[] => {
  const text = seen(readable);
  return [...secrets].filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
};
