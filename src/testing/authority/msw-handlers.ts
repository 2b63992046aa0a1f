/** What is used of msw's `http`, in versions 2 and 3 alike: this, and its functions for single methods. */
export interface MswHttp<Handler> {
  all(path: string, resolver: (info: { readonly request: Request }) => Promise<Response | undefined>): Handler;
}

/** What answers some of the requests. */
export interface AnsweredRoute {
  /** Absent: all methods. */
  readonly method?: string;
  readonly path: string;
  matches(request: Request): boolean;
  respond(request: Request): Promise<Response>;
}

/** Handlers for routes of any origin. Other methods, and longer paths that end the same, are left to other handlers. */
export function mswHandlers<Handler>(http: MswHttp<Handler>, routes: readonly AnsweredRoute[]): Handler[] {
  if (typeof http?.all !== 'function') {
    throw new TypeError(
      "handlers() takes the `http` of msw: import { http } from 'msw', then authority.handlers(http).",
    );
  }
  return routes.map(({ method = 'all', path, matches, respond }) => {
    const handle = (http as unknown as Record<string, typeof http.all>)[method.toLowerCase()] ?? http.all;
    // Without an answer, msw goes on to the next handler.
    return handle(`*${path}`, async ({ request }) => (matches(request) ? respond(request) : undefined));
  });
}
