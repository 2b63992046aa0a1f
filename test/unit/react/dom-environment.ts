import { builtinEnvironments, type Environment } from 'vitest/runtime';

/** Names that stay Node's own: happy-dom's would keep cookies from the tests' server, as a page's do. */
const native = [
  'fetch',
  'Request',
  'Response',
  'Headers',
  'FormData',
  'Blob',
  'File',
  'AbortController',
  'AbortSignal',
];

/** A DOM around Node's own fetch. */
const environment: Environment = {
  name: 'dom-with-native-fetch',
  viteEnvironment: 'client',
  setup: async (global, options) => {
    const kept = native.map((name) => [name, global[name]] as const);
    const undo = await builtinEnvironments['happy-dom'].setup(global, options);
    for (const [name, value] of kept)
      Object.defineProperty(global, name, { value, configurable: true, writable: true });
    return undo;
  },
};

export default environment;
