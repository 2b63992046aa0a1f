import type { EndpointName } from '../exchange.ts';
import { createCookieJar } from './cookie-jar.ts';
import type { Send } from './send.ts';

/** An origin that no server can know. */
export const FOREIGN_ORIGIN = 'https://doctor.silent-refresh.invalid';

/** Asks all that can be asked without a session. Says whether anybody answered at all. */
export async function askAsNobody(send: Send, signInType: string): Promise<boolean> {
  const first = await send('nobody-refresh', 'refresh', { key: crypto.randomUUID() });
  if (first.answer === undefined) return false;
  // Nobody's credentials: no account is locked by them. If they should get a session, the sign-out ends it.
  const jar = createCookieJar();
  await send('nobody-sign-in', 'sign-in', {
    body: signInType === 'application/json' ? '{}' : '',
    contentType: signInType,
    jar,
  });
  await send('nobody-sign-out', 'sign-out', { jar });
  await send('get-sign-out', 'sign-out', { method: 'GET' });
  await send('foreign-preflight', 'refresh', { method: 'OPTIONS', origin: FOREIGN_ORIGIN });
  return true;
}

/** Asks what a browser asks before the requests of a page of another origin. */
export async function askAsBrowser(send: Send, endpoints: readonly EndpointName[]): Promise<void> {
  for (const endpoint of endpoints) await send('preflight', endpoint, { method: 'OPTIONS' });
}

/** Asks what a forged request would: by `GET`, without the client's header, from a foreign page. */
export async function askAsForger(send: Send, session: Parameters<Send>[2] = {}): Promise<void> {
  const key = () => crypto.randomUUID();
  await send('get-refresh', 'refresh', { ...session, method: 'GET', key: key() });
  await send('no-header', 'refresh', { ...session, isLikeForm: true, key: key() });
  await send('foreign-origin', 'refresh', { ...session, origin: FOREIGN_ORIGIN, key: key() });
}
