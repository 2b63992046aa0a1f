import { TestEnvironment } from 'jest-environment-jsdom';

/** Jest's jsdom has no `fetch`, and hides Node's. */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    const { fetch, Headers, Request, Response, AbortController, AbortSignal } = globalThis;
    Object.assign(this.global, { fetch, Headers, Request, Response, AbortController, AbortSignal });
  }
}
