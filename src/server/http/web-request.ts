import { kindOf } from '../errors.ts';

/**
 * Throws a `TypeError` for what is no `Request` of the Fetch API, such as a request of Node's http server, and says what
 * to use instead.
 */
export function assertWebRequest(request: unknown, member: string, instead: string): asserts request is Request {
  const { url, headers } = Object(request) as { url?: unknown; headers?: { get?: unknown } };
  if (typeof url === 'string' && typeof headers?.get === 'function') return;
  throw new TypeError(
    `\`${member}\` takes a Request of the Fetch API; found ${kindOf(request)}. With Node's http server, Express, Connect or Fastify, use ${instead} of silent-refresh/node.`,
  );
}
