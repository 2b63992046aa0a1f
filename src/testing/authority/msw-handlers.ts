/** What is used of msw's `http`, in versions 2 and 3 alike. */
export interface MswHttp<Handler> {
  all(path: string, resolver: (info: { readonly request: Request }) => Promise<Response | undefined>): Handler;
}

type Resolver = (info: { readonly request: Request }) => Promise<Response>;

/** Handlers for the auth endpoints, wherever they are, and for the routes of an API. */
export function mswHandlers<Handler, Route>(
  http: MswHttp<Handler>,
  authPaths: readonly string[],
  answerAuth: (request: Request) => Promise<Response>,
  routes: readonly (readonly [name: string, route: Route])[],
  answerApi: (route: Route) => Resolver,
): Handler[] {
  if (typeof http?.all !== 'function') {
    throw new TypeError(
      "handlers() takes the `http` of msw: import { http } from 'msw', then authority.handlers(http).",
    );
  }
  return [
    ...authPaths.map((path) => http.all(`*${path}`, ({ request }) => answerAuth(request))),
    ...routes.map(([name, route]) => {
      const [method, path] = name.split(' ');
      // Without an answer, msw goes on to the next handler.
      return http.all(`*${path}`, async (info) =>
        info.request.method === method ? answerApi(route)(info) : undefined,
      );
    }),
  ];
}
