import { describe, expect, it } from 'vitest';
import { networkError } from '../client/fake-server.ts';
import fc from '../random.ts';
import { call, forget, sayEverywhere, shown, signedInTabs, sub, tabsAtExpiry } from './scenes.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object) => `${encoded({ typ: 'at+jwt' })}.${encoded(claims)}.forged`;

/** A token message that everything is right about but the token's origin. */
const forged = ({ clock, stored }: { clock: { now(): { wallAt: number } }; stored: Map<string, string> }) => ({
  v: 1,
  type: 'token',
  audience: '',
  sessionKey: (JSON.parse([...stored.values()][0] ?? '{}') as { sessionKey: string }).sessionKey,
  obtainedAt: clock.now().wallAt - 1,
  response: { access_token: jwt({ sub: 'ann' }), expires_in: 300, user: { id: 'ann' } } as Record<string, unknown>,
});

type Forged = ReturnType<typeof forged>;

const changes: { what: string; change: (message: Forged) => unknown }[] = [
  { what: 'another session key', change: (message) => ({ ...message, sessionKey: 'forged' }) },
  { what: 'no session key', change: ({ sessionKey: _, ...message }) => message },
  { what: 'another user', change: (m) => ({ ...m, response: { access_token: jwt({ sub: 'eve' }), expires_in: 300 } }) },
  { what: 'a dead token', change: (message) => ({ ...message, obtainedAt: message.obtainedAt - 300_000 }) },
  { what: 'a token from the future', change: (message) => ({ ...message, obtainedAt: message.obtainedAt + 10_000 }) },
  { what: 'an older token', change: (message) => ({ ...message, obtainedAt: message.obtainedAt - 100_000 }) },
  { what: 'no instant', change: (message) => ({ ...message, obtainedAt: '1' }) },
  { what: 'no finite instant', change: (message) => ({ ...message, obtainedAt: Number.NEGATIVE_INFINITY }) },
  {
    what: 'a line break',
    change: (m) => ({ ...m, response: { ...m.response, access_token: 'x\r\nSet-Cookie: a=b' } }),
  },
  { what: 'a space', change: (m) => ({ ...m, response: { ...m.response, access_token: 'a b' } }) },
  { what: 'no token', change: (message) => ({ ...message, response: {} }) },
  { what: 'another kind of token', change: (m) => ({ ...m, response: { ...m.response, token_type: 'DPoP' } }) },
  { what: 'another audience', change: (message) => ({ ...message, audience: 'other' }) },
  { what: 'another version', change: (message) => ({ ...message, v: 2 }) },
  { what: 'news of nothing', change: () => ({ v: 1, type: 'changed' }) },
  { what: 'a text', change: () => 'changed' },
  { what: 'nothing', change: () => null },
];

describe('TAB-9 a message of hostile script', () => {
  it.each(changes)('with $what changes nothing', async ({ change }) => {
    const { browser, server, a, b } = await signedInTabs(2);
    const sessions = browser.tabs.map(({ client }) => client.getSession());
    const tokens = await Promise.all(browser.tabs.map(({ client }) => client.getAccessToken()));
    sayEverywhere(browser, change(forged(browser)));
    await browser.advance(1000);
    expect(browser.tabs.map(({ client }) => client.getSession())).toEqual(sessions);
    expect(await Promise.all(browser.tabs.map(({ client }) => client.getAccessToken()))).toEqual(tokens);
    expect([...a.events, ...b.events]).toEqual([]);
    expect(server.log).toEqual([]);
  });

  it.each(changes)('with $what signs nobody in', async ({ change }) => {
    const { browser, server, a, b } = await signedInTabs(2);
    void a.client.signOut();
    await browser.advance(1000);
    forget(browser);
    sayEverywhere(browser, change({ ...forged(browser) }));
    await browser.advance(1000);
    expect(shown([a, b])).toEqual(['unauthenticated', 'unauthenticated']);
    expect(server.log).toEqual([]);
  });

  // What the answer leaves out is taken from the user who is here.
  it('with a token that says of nobody whose it is changes nothing', async () => {
    const { browser, a } = await signedInTabs(1);
    const token = await a.client.getAccessToken();
    sayEverywhere(browser, { ...forged(browser), response: { access_token: 'opaque', expires_in: 300 } });
    await browser.advance(1000);
    expect(await a.client.getAccessToken()).toBe(token);
  });

  it('with the session of a sign-out signs nobody in', async () => {
    const { browser, a, b } = await signedInTabs(2);
    void a.client.signOut();
    await browser.advance(1000);
    sayEverywhere(browser, forged(browser));
    await browser.advance(1000);
    expect(shown([a, b])).toEqual(['unauthenticated', 'unauthenticated']);
  });

  it('keeps no answer from a tab that asks for longer than it would wait anyway', async () => {
    const { browser, server } = await signedInTabs(1);
    const tab = browser.open();
    tab.client.start();
    for (let at = 0; at < 60; at++) {
      sayEverywhere(browser, { v: 1, type: 'ask', audience: '' });
      await browser.advance(1);
    }
    await browser.advance(100);
    expect(sub(tab)).toBe('ann');
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(1);
  });

  it('with a token that the API refuses costs a refresh, and no call', async () => {
    const { browser, server, a } = await tabsAtExpiry(2);
    sayEverywhere(browser, forged(browser));
    await browser.advance(10);
    const called = call(a);
    await browser.advance(1000);
    expect(await called).toBe(200);
    expect(server.count('/auth/refresh')).toBeLessThanOrEqual(1);
  });

  it('of any kind whatever ends no session, and throws nothing', async () => {
    const { browser, server, a, b } = await signedInTabs(2);
    server.always('/auth/refresh', networkError);
    const any = fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withTypedArray: true });
    const message = fc.oneof(
      any,
      fc.record(
        {
          v: fc.constant(1),
          type: fc.constantFrom('ask', 'token', 'changed'),
          audience: fc.constant(''),
          sessionKey: any,
          obtainedAt: any,
          response: any,
        },
        { requiredKeys: ['v', 'type'] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(message, async (said) => {
        sayEverywhere(browser, said);
        await browser.advance(3);
      }),
      { numRuns: 500 },
    );
    expect(shown([a, b])).toEqual(['authenticated', 'authenticated']);
    expect([...a.platform.reported, ...b.platform.reported]).toEqual([]);
  });
});
