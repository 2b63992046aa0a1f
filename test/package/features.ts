/**
 * What some supported browser does not have (they begin with Chromium 111, Firefox 111 and Safari 16.4), has in secure
 * contexts only, or may be forbidden to use; and what DOMs for tests lack.
 */
export const features = [
  'AbortSignal.any',
  'AbortSignal.timeout',
  'Array.fromAsync',
  'Array.prototype.findLast',
  'Array.prototype.toReversed',
  'Array.prototype.toSorted',
  'Array.prototype.toSpliced',
  'Array.prototype.with',
  'BroadcastChannel',
  'Error.isError',
  'Headers.prototype.getSetCookie',
  'Iterator.prototype.filter',
  'Iterator.prototype.map',
  'Iterator.prototype.some',
  'Iterator.prototype.toArray',
  'Map.groupBy',
  'Object.groupBy',
  'Promise.try',
  'Promise.withResolvers',
  'ReadableStream',
  'RegExp.escape',
  'Response.json',
  'Response.prototype.bytes',
  'Set.prototype.difference',
  'Set.prototype.intersection',
  'Set.prototype.isSubsetOf',
  'Set.prototype.union',
  'String.prototype.isWellFormed',
  'String.prototype.toWellFormed',
  'TextDecoder',
  'TextEncoder',
  'TransformStream',
  'URL.canParse',
  'URL.parse',
  'Uint8Array.fromBase64',
  'crypto.randomUUID',
  'crypto.subtle',
  'document.prerendering',
  'indexedDB',
  'localStorage',
  'navigator.locks',
  'navigator.userActivation',
  'performance.getEntriesByType',
  'reportError',
  'requestIdleCallback',
  'scheduler',
  'sessionStorage',
  'structuredClone',
  'window.origin',
] as const;

/** A script that takes features away, wherever they are. */
export const withoutFeatures = (names: readonly string[]): string =>
  names
    .map((name) => {
      const path = name.split('.');
      const owner = ['globalThis', ...path.slice(0, -1)].join('?.');
      const member = JSON.stringify(path.at(-1));
      return `{ const owner = ${owner}; if (owner) Object.defineProperty(owner, ${member}, { value: undefined, configurable: true }); }`;
    })
    .join('\n');
