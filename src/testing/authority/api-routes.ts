import type { AccessTokenClaims } from '../../server/index.ts';

/** Answers a call that came with a good token: as an msw resolver does, and with the token's claims. */
export type ApiRoute = (call: {
  readonly request: Request;
  readonly claims: AccessTokenClaims;
}) => Response | Promise<Response>;

/** A route of the API of an app. */
export interface NamedRoute {
  readonly method: string;
  readonly path: string;
  readonly answer: ApiRoute;
  matches(request: Request): boolean;
}

/** Reads the `api` option. Throws a `TypeError` that names the route which is wrong. */
export function readRoutes(api: Readonly<Record<string, ApiRoute>>): readonly NamedRoute[] {
  return Object.entries(api).map(([name, answer]) => {
    if (!/^[A-Z]+ \/[^?#*()\s]*$/.test(name)) {
      throw new TypeError(`\`api\` names each route by its method and path: 'GET /api/orders'. It has '${name}'.`);
    }
    if (typeof answer !== 'function') {
      throw new TypeError(`\`api\` has a function for each route, which returns a Response; '${name}' has none.`);
    }
    const [method = '', path = ''] = name.split(' ');
    const segments = path.split('/');
    const matches = (request: Request): boolean => {
      const given = pathOf(request).split('/');
      return (
        request.method === method &&
        given.length === segments.length &&
        segments.every((segment, at) => (segment.startsWith(':') ? given[at] !== '' : given[at] === segment))
      );
    };
    return { method, path, answer, matches };
  });
}

export function pathOf({ url }: Request): string {
  return new URL(url).pathname;
}
