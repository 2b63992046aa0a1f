const NOTHING: RequestInit = Object.freeze({});

/**
 * What an `init` says at this moment, as `fetch` reads it (Web IDL, conversion to a dictionary): each member
 * once, inherited members and getters as well; `undefined` counts as absent. All other members are kept, for
 * a `fetch` that knows more of them, except `auth`, which is ours. Throws a `TypeError` if it is not an
 * object.
 */
export function readInit(init: RequestInit | null | undefined): RequestInit {
  if (init === undefined || init === null) return NOTHING;
  if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('`init` takes an object.');
  const read: Record<string, unknown> = {};
  for (let at: object | null = init; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      // What every object and function has is no member. `__proto__` would even give the result members of its own.
      if (name === 'auth' || name in read || name in Function.prototype) continue;
      const value = (init as Readonly<Record<string, unknown>>)[name];
      if (value !== undefined) read[name] = value;
    }
  }
  return read;
}
