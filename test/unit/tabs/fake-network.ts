import type { FakeServer } from '../client/fake-server.ts';

/** A request on its way. Nothing of it depends on the page that has sent it. */
interface Sent {
  /** Lets the server have it; what comes back is on its way then. */
  reach(): Promise<Arriving>;
  /** All that tells it from another one to the same address. */
  readonly brings?: string;
  /** The connection is broken. */
  readonly lost?: () => void;
}

interface Arriving {
  readonly response: Response;
  /** It is in the browser: its cookies are set, whether or not the page is still there to read it. */
  land(): void;
  readonly brings?: string;
}

/** The network of a browser, with the cookies that all its tabs have in common. */
export interface Network {
  /** Sends a request with the cookies of now. */
  send(input: RequestInfo | URL, init?: RequestInit): Sent;
}

/** A server whose cookie is set at once. */
export const networkOf = (server: FakeServer): Network => ({
  send: (input, init) => ({
    reach: async () => ({ response: await server.fetch(input, init), land: () => {} }),
  }),
});
