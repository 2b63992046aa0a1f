import { describe, expect, it } from 'vitest';
import { createAuthClient } from '../../../src/index.ts';
import { createWorld, signedInWorld } from './world.ts';

describe('options', () => {
  it('that are undefined have their defaults', async () => {
    const { client, platform, server } = createWorld({
      client: { endpoints: { refresh: undefined }, headers: { client: undefined } } as never,
    });
    client.start();
    await platform.advance(100);
    expect(server.count('/auth/refresh')).toBe(1);
  });

  it.each([
    [{ headers: { client: 'X Auth' } }, /headers/],
    [{ refreshWhenHidden: 'no' }, /refreshWhenHidden/],
    [{ headers: { client: true } }, /headers\.client/],
    [{ headers: { idempotencyKey: null } }, /headers\.idempotencyKey/],
    [{ headers: { csrf: { cookie: 'csrf', header: 'X-CSRF' } } }, /`headers` takes .*csrfCookie/],
    [{ csrf: { cookie: 'csrf', header: 'X-CSRF' } }, /`csrf` takes what `csrfCookie/],
    [{ csrf: null }, /`csrf` takes/],
    [{ headers: null }, /headers/],
    [{ headers: 'X-Auth-Client' }, /headers/],
    [{ endpoints: null }, /endpoints/],
    [{ endpoints: { signIn: '' } }, /endpoints\.signIn/],
    [{ endpoints: { login: '/login' } }, /endpoints\.login/],
    [{ parseClaims: { '~standard': {} } }, /parseClaims.*Standard Schema/],
    [{ parseClaims: { '~standard': null } }, /parseClaims/],
    [{ parseClaims: null }, /parseClaims/],
    [{ userId: 'sub' }, /`userId` takes a function\. It was given a text of 3 characters\.$/],
    [{ allowedOrigins: 'https://a.example' }, /allowedOrigins/],
    [{ allowedOrigins: [null] }, /allowedOrigins/],
    [{ relogin: '' }, /relogin/],
    [{ networkErrorMeansRejected: 'yes' }, /networkErrorMeansRejected/],
    [{ fetch: null }, /`fetch` takes a function\. It was given null\.$/],
    [{ refreshTimeoutMs: 60_001 }, /`refreshTimeoutMs` takes a number from 1 to 60000\. It was given 60001\.$/],
    [{ sessionName: '' }, /`sessionName` takes a text that is not empty\. It was given an empty text\.$/],
    [{ allowedOrigins: {} }, /`allowedOrigins` takes an array of origins\. It was given a value of type object\.$/],
    [{ csrf: () => 'x', streams: () => 'x' }, /`streams` takes .* It was given a function\.$/],
  ])('that are wrong are named: %j', (client, message) => {
    expect(() => createWorld({ client: client as never })).toThrow(message);
  });

  it('need a `sessionName` where the refresh endpoint is a function, and no tabs share what is not named (C-4)', () => {
    const refresh = async () => new Response();
    expect(() => createAuthClient({ endpoints: { refresh } })).toThrow(TypeError);
    expect(() => createAuthClient({ endpoints: { refresh } })).toThrow(/`sessionName` is missing.*`tabs` to 'off'/);
    expect(() => createAuthClient({ endpoints: { refresh }, tabs: 'turns' })).toThrow(/`sessionName`/);
    expect(() => createAuthClient({ endpoints: { refresh }, sessionName: 'mine' })).not.toThrow();
    expect(() => createAuthClient({ endpoints: { refresh }, tabs: 'off' })).not.toThrow();
    expect(() => createAuthClient({ endpoints: { signIn: refresh, signOut: refresh } })).not.toThrow();
  });

  it.each([null, 'hold'])('that are %j and no object are refused', (options) => {
    expect(() => createAuthClient(options as never)).toThrow(/`options` takes an object/);
  });

  it('are taken as schemas where they validate, functions or not', () => {
    const standard = {
      '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
    } as const;
    for (const parseClaims of [standard, Object.assign(() => 'not called', standard)]) {
      expect(() => createAuthClient({ parseClaims })).not.toThrow();
    }
  });

  it('of a call are an object', async () => {
    const { client } = await signedInWorld();
    await expect(client.authFetch('/api', { auth: 'optional' as never })).rejects.toThrow(/`auth`/);
    expect(() => client.fetchWith(null as never)).toThrow(/`auth`/);
  });

  it('of getAccessToken are checked', async () => {
    const { client } = await signedInWorld();
    for (const relogin of ['', null, 'wait']) {
      await expect(client.getAccessToken({ relogin: relogin as never })).rejects.toThrow(/`relogin`/);
    }
    await expect(client.getAccessToken({ minValidityMs: Number.NaN })).rejects.toThrow(/minValidityMs/);
    const newerThan = ['secret'] as never;
    await expect(client.getAccessToken({ newerThan })).rejects.toThrow(/`newerThan` takes .* It was given an array\.$/);
  });
});
