import { AUTH_CLIENT_HEADER } from '../../../server/http/csrf.ts';
import type { EndpointName } from '../exchange.ts';
import { createCookieJar } from './cookie-jar.ts';
import type { Send } from './send.ts';

/** An origin that no server can know. */
export const FOREIGN_ORIGIN = 'https://doctor.silent-refresh.invalid';

/** What the client's requests have that a browser asks for in a preflight. */
const ASKED_HEADERS: Readonly<Record<EndpointName, string>> = {
  'sign-in': 'content-type,x-auth-client',
  refresh: 'idempotency-key,x-auth-client',
  'sign-out': 'content-type,x-auth-client',
};

/** Asks all that can be asked without a session. Says whether anybody answered at all. */
export async function askAsNobody(send: Send, signInType: string): Promise<boolean> {
  const first = await send('nobody-refresh', 'refresh', { headers: { 'Idempotency-Key': crypto.randomUUID() } });
  if (first.answer === undefined) return false;
  // Nobody's credentials: no account is locked by them. If they should get a session, the sign-out ends it.
  const jar = createCookieJar();
  await send('nobody-sign-in', 'sign-in', {
    body: signInType === 'application/json' ? '{}' : '',
    headers: { 'Content-Type': signInType },
    jar,
  });
  await send('nobody-sign-out', 'sign-out', { jar });
  await send('get-sign-out', 'sign-out', { method: 'GET' });
  await preflight(send, 'refresh', FOREIGN_ORIGIN);
  return true;
}

/** Asks what a browser asks before the requests of a page of another origin. */
export async function askAsBrowser(send: Send, endpoints: readonly EndpointName[]): Promise<void> {
  for (const endpoint of endpoints) await preflight(send, endpoint);
}

async function preflight(send: Send, endpoint: EndpointName, foreign?: string): Promise<void> {
  await send(foreign === undefined ? 'preflight' : 'foreign-preflight', endpoint, {
    method: 'OPTIONS',
    ...(foreign !== undefined && { origin: foreign }),
    headers: {
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': ASKED_HEADERS[endpoint],
    },
  });
}

/** Asks what a forged request would: by `GET`, without the client's header, from a foreign page. */
export async function askAsForger(send: Send, session: Parameters<Send>[2] = {}): Promise<void> {
  const key = () => ({ 'Idempotency-Key': crypto.randomUUID() });
  await send('get-refresh', 'refresh', { ...session, method: 'GET', headers: key() });
  await send('no-header', 'refresh', { ...session, headers: { ...key(), [AUTH_CLIENT_HEADER]: undefined } });
  await send('foreign-origin', 'refresh', { ...session, origin: FOREIGN_ORIGIN, headers: key() });
}
