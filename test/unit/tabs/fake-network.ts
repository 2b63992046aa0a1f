import type { Platform } from '../../../src/platform/platform.ts';
import type { FakeServer } from '../client/fake-server.ts';
import type { Passing } from './passing.ts';

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

/** The `fetch` of a tab: `pass` passes on its requests and what comes back. */
export const fetchOver =
  (network: Network, tab: string, pass: (passing: Passing) => void): Platform['fetch'] =>
  (input, init) =>
    new Promise<Response>((resolve, reject) => {
      const sent = network.send(input, init);
      const address = String(input instanceof Request ? input.url : input);
      const to = { tab, brings: `${address} ${sent.brings}` };
      const lose = () => {
        sent.lost?.();
        reject(new TypeError('Failed to fetch'));
      };
      const reach = () =>
        sent.reach().then(
          ({ response, land, brings }) => {
            const deliver = () => {
              land();
              resolve(response);
            };
            pass({ passage: 'answer', tab, brings: `${address} ${brings}`, deliver, lose });
          },
          (error: unknown) => pass({ passage: 'answer', ...to, deliver: () => reject(error) }),
        );
      pass({ passage: 'request', ...to, deliver: () => void reach(), lose });
    });
