import { type Answer, type FakeServer, status } from './fake-server.ts';
import { type Fault, goesOnFor5Min, goesOnUntil401, kept } from './fault-row.ts';

type Members = Record<string, unknown>;

/** The honest answer, changed on its way. */
const changed =
  (change: (members: Members) => unknown) =>
  (server: FakeServer): Answer =>
  async (asked) => {
    const honest = await server.usual(asked);
    if (honest.status !== 200) return honest;
    const body = change((await honest.json()) as Members);
    return new Response(typeof body === 'string' ? body : JSON.stringify(body));
  };

const lasting = (expires_in: unknown) => changed((members) => ({ ...members, expires_in }));
const typed = (token_type: unknown) => changed((members) => ({ ...members, token_type }));
const token = (change: (value: unknown) => unknown) =>
  changed((members) => ({ ...members, access_token: change(members.access_token) }));
/** JSON whose members are followed by `more`, written as it is. */
const followedBy = (more: string) => changed((members) => `${JSON.stringify(members).slice(0, -1)},${more}}`);

const html = { 'Content-Type': 'text/html' };

/** Answers that are no token response, though their status says so. */
const malformed: readonly Fault[] = [
  { fault: '200 with HTML', answer: () => status(200, '<h1>Welcome</h1>', html), ...kept('malformed') },
  { fault: '200 with nothing', answer: () => status(200, ''), ...kept('malformed') },
  { fault: '200 with `null`', answer: () => status(200, 'null'), ...kept('malformed') },
  { fault: '200 with cut JSON', answer: changed((all) => JSON.stringify(all).slice(0, 40)), ...kept('malformed') },
  { fault: '200 with a list', answer: changed((members) => [members]), ...kept('malformed') },
  { fault: '200 without a token', answer: changed(({ access_token: _, ...rest }) => rest), ...kept('malformed') },
  { fault: '200 with a token that is empty', answer: token(() => ''), ...kept('malformed') },
  { fault: '200 with a token that is `null`', answer: token(() => null), ...kept('malformed') },
  { fault: '200 with a token that is an object', answer: token((value) => ({ value })), ...kept('malformed') },
  { fault: '200 with a token with a line break', answer: token((text) => `${text}\r\nX-A: 1`), ...kept('malformed') },
  {
    fault: '200 with a token with a line break at its end',
    answer: token((text) => `${text}\n`),
    ...kept('malformed'),
  },
  { fault: '200 with a token with a space', answer: token((text) => `Bearer ${text}`), ...kept('malformed') },
  { fault: '200 with a token outside ASCII', answer: token((text) => `${text}é`), ...kept('malformed') },
  { fault: '200 with a `token_type` of `mac`', answer: typed('mac'), ...kept('malformed') },
  { fault: '200 with a `token_type` of `DPoP`', answer: typed('DPoP'), ...kept('malformed') },
  { fault: '200 with a `token_type` that is a list', answer: typed(['Bearer']), ...kept('malformed') },
  {
    fault: '200 with a token under `__proto__` alone',
    answer: changed((all) => `{"__proto__":${JSON.stringify(all)}}`),
    ...kept('malformed'),
  },
];

/** Answers that are odd, and good enough. */
const odd: readonly Fault[] = [
  { fault: '200 without `token_type`', answer: typed(undefined), ...goesOnFor5Min },
  { fault: '200 with a `token_type` of `BEARER`', answer: typed('BEARER'), ...goesOnFor5Min },
  { fault: '200 with `expires_in` as text', answer: lasting('300'), ...goesOnFor5Min },
  { fault: '200 with `expires_in` as nonsense', answer: lasting('soon'), ...goesOnUntil401 },
  {
    fault: '200 with `expires_in` as nonsense, and a JWT that knows',
    answer: lasting('soon'),
    form: 'jwt',
    ...goesOnFor5Min,
  },
  { fault: '200 without `expires_in`', answer: lasting(undefined), ...goesOnUntil401 },
  { fault: '200 with `expires_in` of zero', answer: lasting(0), ...goesOnUntil401 },
  { fault: '200 with `expires_in` below zero', answer: lasting(-300), ...goesOnUntil401 },
  { fault: '200 with `expires_in` of `null`', answer: lasting(null), ...goesOnUntil401 },
  { fault: '200 with `expires_in` that is an object', answer: lasting({ seconds: 300 }), ...goesOnUntil401 },
  { fault: '200 with `expires_in` of 1e308', answer: followedBy('"expires_in":1e308'), ...goesOnUntil401 },
  { fault: '200 with `expires_in` of 1e999', answer: followedBy('"expires_in":1e999'), ...goesOnUntil401 },
  { fault: '200 with `expires_in` of 1e12', answer: lasting(1e12), ...goesOnUntil401 },
  { fault: '200 with `expires_in` as an instant', answer: lasting(2_000_000_000), ...goesOnUntil401 },
  {
    fault: '200 with a `__proto__` beside the token',
    answer: followedBy('"__proto__":{"access_token":"evil","expires_in":1,"sid":"evil"}'),
    ...goesOnFor5Min,
  },
  {
    fault: '200 with a `constructor` beside the token',
    answer: followedBy('"constructor":{"prototype":{"access_token":"evil"}}'),
    ...goesOnFor5Min,
  },
];

export const tokenFaults: readonly Fault[] = [...malformed, ...odd];
