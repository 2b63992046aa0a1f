import { TestEnvironment } from 'jest-environment-jsdom';

const fetching = ['fetch', 'Headers', 'Request', 'Response', 'AbortController', 'AbortSignal'];
const forTesting = ['TextDecoder', 'TextEncoder', 'crypto', 'structuredClone'];

/** Jest's jsdom lacks these, and hides Node's. */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of [...fetching, ...forTesting]) {
      Object.defineProperty(this.global, name, { value: globalThis[name], configurable: true, writable: true });
    }
  }
}
