import { type Answer, type FakeServer, networkError, never, opaqueRedirect, status } from './fake-server.ts';
import { type Fault, kept, unanswered } from './fault-row.ts';

const begun = '{"access_token":"opaque-sec';

/** A body that begins well, and then goes on as `next` says. */
const body = (next: (controller: ReadableStreamDefaultController) => void | Promise<void>): Answer => {
  return () => {
    let pulls = 0;
    const pull = (controller: ReadableStreamDefaultController) =>
      pulls++ === 0 ? controller.enqueue(new TextEncoder().encode(begun)) : next(controller);
    return new Response(new ReadableStream({ pull }), { headers: { 'Content-Type': 'application/json' } });
  };
};

const lostAfter =
  (server: FakeServer): Answer =>
  async (asked) => {
    await server.usual(asked);
    throw new TypeError('Failed to fetch');
  };

/** What a browser does with a redirect, as it was told. */
const redirected: Answer = (asked) =>
  ({ error: networkError, manual: opaqueRedirect, follow: status(200, '<h1>Sign in</h1>') })[asked.request.redirect](
    asked,
  );

/** Faults below HTTP. */
export const networkFaults: readonly Fault[] = [
  { fault: 'refuses the connection', answer: () => networkError, ...kept('network') },
  { fault: 'drops the connection before the commit', answer: () => networkError, ...kept('network') },
  { fault: 'drops the connection after the commit', answer: lostAfter, ...kept('network') },
  {
    fault: 'resets the connection in mid-body',
    answer: () => body((controller) => controller.error(new TypeError('network error'))),
    ...kept('network'),
  },
  { fault: 'redirects', answer: () => redirected, ...kept('redirected') },
  { fault: 'hangs', answer: () => never, ...unanswered },
  { fault: 'hangs in mid-body', answer: () => body(() => new Promise(() => {})), ...unanswered },
];
