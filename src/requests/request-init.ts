/** The members that `fetch` reads of an `init`, those of single engines included. */
const members = [
  'adAuctionHeaders',
  'attributionReporting',
  'body',
  'browsingTopics',
  'cache',
  'credentials',
  'duplex',
  'headers',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'priority',
  'privateToken',
  'redirect',
  'referrer',
  'referrerPolicy',
  'sharedStorageWritable',
  'signal',
  'targetAddressSpace',
  'window',
];

const nothing: RequestInit = Object.freeze({});

/**
 * What an `init` says at this moment, as `fetch` reads it (Web IDL, conversion to a dictionary): each member once, be it
 * inherited or a getter, and `undefined` counts as absent. What else stands in it is kept, for a `fetch` that knows more
 * members; but `auth` is ours. Throws a `TypeError` for what is no object.
 */
export const readInit = (init: RequestInit | null | undefined): RequestInit => {
  if (init === undefined || init === null) return nothing;
  if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('`init` takes an object.');
  const read: Record<string, unknown> = {};
  for (const name of namesIn(init)) {
    // `__proto__` would give the result members that `fetch` does not see in `init`.
    if (name === 'auth' || name === '__proto__') continue;
    const value = (init as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) read[name] = value;
  }
  return read;
};

/** All that a plain object has is its own, and most are plain; in others, members may be anywhere. */
const namesIn = (init: object): Iterable<string> =>
  Object.getPrototypeOf(init) === Object.prototype
    ? Object.getOwnPropertyNames(init)
    : new Set([...members, ...Object.keys(init)]);
