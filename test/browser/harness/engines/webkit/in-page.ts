/**
 * What the driver keeps in a page. These functions run there, and see nothing but their arguments and each other by way of
 * `window`: WebDriver waits for no promise without holding up every other window, so what an evaluation came to is noted,
 * and asked for later; and it hears no console, so the page writes down what is said.
 */
export interface Notes {
  readonly ended: Map<string, Ended>;
  readonly said: string[];
  readonly uncaught: string[];
}

/** What an evaluation came to. */
interface Ended {
  readonly value?: unknown;
  readonly error?: string;
}

/** What is fetched out of a page. */
export interface Fetched {
  /** The page knows of the evaluation; one that does not is another page. */
  readonly known: boolean;
  readonly ended?: Ended;
  readonly said: readonly string[];
  readonly uncaught: readonly string[];
}

/** Gives the notes of the page, which it starts to take where nobody has yet. */
export const takeNotes = (): Notes => {
  const name = Symbol.for('notes of the driver');
  const kept = window as unknown as Record<symbol, Notes | undefined>;
  const found = kept[name];
  if (found !== undefined) return found;
  const notes: Notes = { ended: new Map(), said: [], uncaught: [] };
  kept[name] = notes;
  const text = (value: unknown) => {
    try {
      return value instanceof Error
        ? `${value}\n${value.stack}`
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
    } catch {
      return String(value);
    }
  };
  for (const way of ['debug', 'log', 'info', 'warn', 'error', 'trace', 'dir', 'table'] as const) {
    const said = console[way].bind(console);
    console[way] = (...values: unknown[]) => {
      notes.said.push(values.map(text).join(' '));
      said(...values);
    };
  }
  addEventListener('error', ({ error, message }) => notes.uncaught.push(text(error ?? message)));
  addEventListener('unhandledrejection', ({ reason }) => notes.uncaught.push(text(reason)));
  return notes;
};

/** Begins an evaluation. */
export const begin = (notes: Notes, id: string, run: (arg: unknown) => unknown, arg: string): void => {
  const missing = '\u0000undefined';
  const revive = (value: unknown): unknown => {
    if (value === missing) return undefined;
    if (Array.isArray(value)) return value.map(revive);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, revive(member)]));
  };
  notes.ended.set(id, {});
  const end = (ended: Ended) => void notes.ended.set(id, ended);
  Promise.resolve()
    .then(() => run(revive(JSON.parse(arg))))
    .then(
      (value) => end({ value: value ?? null }),
      (error) => end({ error: `${error}\n${error?.stack ?? ''}` }),
    );
};

/** Fetches what an evaluation came to, and what was said meanwhile. */
export const fetchNotes = (notes: Notes, id: string): string => {
  const ended = notes.ended.get(id);
  const isOver = ended !== undefined && Object.keys(ended).length > 0;
  if (isOver) notes.ended.delete(id);
  const fetched: Fetched = {
    known: ended !== undefined,
    ...(isOver && { ended }),
    said: notes.said.splice(0),
    uncaught: notes.uncaught.splice(0),
  };
  return JSON.stringify(fetched);
};
