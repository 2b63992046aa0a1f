import type { Clock, PageInfo } from '../../platform/platform.ts';
import { isRequest, resolve } from '../../requests/origins.ts';
import type { AuthRequestInit } from '../auth-client.ts';
import type { CallOptions } from '../options.ts';
import type { Warnings } from './warnings.ts';

interface CallWatchParts {
  readonly page: Pick<PageInfo, 'address' | 'origin'>;
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly allowedOrigins: ReadonlySet<string>;
  /** What a call does that does not say. */
  readonly token: CallOptions['token'];
  readonly warnings: Warnings;
  /** Whether the client is started, or was. */
  isStarted(): boolean;
}

/** How long a call waits for `start()` before somebody should hear of it. */
const NOT_STARTED_MS = 1000;

/** Looks at calls before they are made. */
export function createCallWatch({ page, clock, allowedOrigins, token, warnings, isStarted }: CallWatchParts) {
  let isTimed = false;

  /** A call waits for the client to be started. */
  const needsStart = () => {
    if (isStarted() || isTimed) return;
    isTimed = true;
    clock.setTimer(() => {
      isTimed = false;
      if (isStarted()) return;
      warnings.warn(
        'a-call-waits-for-start',
        'A call has waited for a second because the client was not started. Call `auth.start()` once where the app begins, ' +
          'or render the app inside <AuthProvider client={auth}>. With a router whose loaders make calls, start the client ' +
          'where the router is created.',
      );
    }, NOT_STARTED_MS);
  };

  /** A call that is to have a token goes to an origin that may not be sent one. */
  const leavesOrigin = (
    input: RequestInfo | URL,
    init: AuthRequestInit | undefined,
    bound: CallOptions | undefined,
  ) => {
    const { protocol = '', origin = '' } = resolve(input, page.address()) ?? {};
    if (!/^https?:$/.test(protocol) || origin === page.origin() || allowedOrigins.has(origin)) return;
    // Read last: a call that stays has its `init` read once.
    if (
      (init?.auth?.token ?? bound?.token ?? token ?? 'required') !== 'required' ||
      hasAuthorization(input, init?.headers)
    )
      return;
    warnings.warn(
      'signed-in-but-the-api-answers-401',
      `A call to ${origin} was sent without a token: that is neither the page's own origin nor one of \`allowedOrigins\`. If ` +
        `it is your API, create the client with \`allowedOrigins: ['${origin}']\`. If not, use \`fetch\`, or ` +
        "`authFetch(url, { auth: { token: 'none' } })`.",
    );
  };

  return {
    needsStart,
    call: (input: RequestInfo | URL, init: AuthRequestInit | undefined, bound: CallOptions | undefined) => {
      needsStart();
      leavesOrigin(input, init, bound);
    },
  };
}

function hasAuthorization(input: RequestInfo | URL, given: HeadersInit | undefined): boolean {
  const headers = given ?? (isRequest(input) ? input.headers : undefined);
  return headers !== undefined && new Headers(headers).has('authorization');
}
