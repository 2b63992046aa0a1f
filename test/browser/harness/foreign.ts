import { bodyOf, urlOf } from './conversion.ts';
import { listen } from './listener.ts';

/** What a server that is none of ours was sent. */
interface Received {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A server of another origin: it allows every origin everything, answers 401, and redirects to `?to=`. */
export const startForeign = async (host: string) => {
  const received: Received[] = [];
  const { port, down } = await listen(false, async (incoming, outgoing) => {
    const url = urlOf(incoming);
    const body = (await bodyOf(incoming)).toString();
    const { origin = '*' } = incoming.headers;
    outgoing.setHeader('access-control-allow-origin', origin);
    outgoing.setHeader('access-control-allow-credentials', 'true');
    outgoing.setHeader('access-control-allow-headers', 'authorization, content-type, x-auth-client, idempotency-key');
    outgoing.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE');
    outgoing.setHeader('access-control-expose-headers', 'www-authenticate');
    if (incoming.method === 'OPTIONS') {
      outgoing.statusCode = 204;
      outgoing.end();
      return;
    }
    received.push({
      method: incoming.method ?? '',
      url: url.href,
      authorization: incoming.headers.authorization,
      body,
    });
    const to = url.searchParams.get('to');
    outgoing.statusCode = to === null ? 401 : 302;
    if (to !== null) outgoing.setHeader('location', to);
    else outgoing.setHeader('www-authenticate', 'Bearer error="invalid_token"');
    outgoing.setHeader('content-type', 'text/html');
    outgoing.end('<!doctype html><title>foreign</title>');
  });
  return { origin: `http://${host}:${port}`, port, received, down };
};
