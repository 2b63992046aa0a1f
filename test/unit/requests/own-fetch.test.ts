import { describe, expect, it } from 'vitest';
import { createOwnFetch } from '../../../src/requests/own-fetch.ts';
import { createFakePlatform, flush } from '../fake-platform.ts';

type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

const API = 'https://app.test/api/orders';
const AUTH = 'https://app.test/auth/refresh';
const token = { headers: { authorization: 'Bearer one' } };

/** A page whose global `fetch` was replaced by one that answers when the test says so. */
const createPage = ({ isFetchReplaced = true, given = undefined as Fetch | undefined } = {}) => {
  const sent: string[] = [];
  const ends: (() => void)[] = [];
  const replaced: Fetch = (input) => {
    sent.push(`replaced ${String(input instanceof Request ? input.url : input)}`);
    return new Promise((resolve) => ends.push(() => resolve(new Response())));
  };
  const inits: (RequestInit | undefined)[] = [];
  const native: Fetch = async (input, init) => {
    sent.push(`native ${String(input instanceof Request ? input.url : input)}`);
    inits.push(init);
    return new Response();
  };
  const platform = createFakePlatform(native);
  const ownFetch = createOwnFetch(
    { ...platform, fetch: replaced, nativeFetch: native, isFetchReplaced: () => isFetchReplaced },
    given,
  );
  return { ...ownFetch, sent, inits, platform, end: () => ends.shift()?.() };
};

describe('a request of the client', () => {
  it('goes out by the native fetch, as it is, where nobody has replaced it', () => {
    const { call, sent, inits } = createPage({ isFetchReplaced: false });
    void call(API, token);
    expect(sent).toEqual([`native ${API}`]);
    expect(inits[0]).toBe(token);
  });

  it('goes out by the fetch that has replaced the native one', () => {
    const { call, sent } = createPage();
    void call(API, token);
    expect(sent).toEqual([`replaced ${API}`]);
  });

  it('goes out by the fetch of the options, though nobody has replaced the native one', () => {
    const by: string[] = [];
    const given: Fetch = async () => {
      by.push('given');
      return new Response();
    };
    const { call, sent } = createPage({ isFetchReplaced: false, given });
    void call(API, token);
    expect([by, sent]).toEqual([['given'], []]);
  });

  it.each<{ what: string; second: [string, RequestInit?]; by: string }>([
    { what: 'to the same place, without a token', second: [API], by: 'native' },
    { what: 'to the same place, with a token', second: [API, token], by: 'replaced' },
    { what: 'to another place, without a token', second: [`${API}/2`], by: 'replaced' },
  ])('$what goes out by the $by fetch while one without a token is under way', ({ second, by }) => {
    const { call, sent } = createPage();
    void call(API);
    void call(...second);
    expect(sent).toEqual([`replaced ${API}`, `${by} ${second[0]}`]);
  });

  it('with a token goes out by the replaced fetch while one with a token is under way', () => {
    const { call, sent } = createPage();
    void call(API, token);
    void call(API, token);
    expect(sent).toEqual([`replaced ${API}`, `replaced ${API}`]);
  });

  it('without a token goes out by the replaced fetch while one with a token is under way', () => {
    const { call, sent } = createPage();
    void call(API, token);
    void call(API);
    expect(sent).toEqual([`replaced ${API}`, `replaced ${API}`]);
  });

  it('to the auth server goes out by the replaced fetch while another one is under way', () => {
    const { authRequest, sent } = createPage();
    void authRequest(AUTH);
    void authRequest(AUTH);
    expect(sent).toEqual([`replaced ${AUTH}`, `replaced ${AUTH}`]);
  });
});

describe('a call under way', () => {
  it.each<{ what: string; input: RequestInfo | URL; init?: RequestInit; own: boolean }>([
    { what: 'a copy of it', input: API, init: { ...token }, own: true },
    { what: 'a Request made of it', input: new Request(API, token), own: true },
    { what: 'a copy with a query that a wrapper has added', input: `${API}?trace=1`, init: token, own: true },
    { what: 'a copy with more headers', input: API, init: { headers: { ...token.headers, a: 'b' } }, own: true },
    { what: 'a call with another token', input: API, init: { headers: { authorization: 'Bearer two' } }, own: false },
    { what: 'a call without a token', input: API, own: false },
    { what: 'a call with its token to another place', input: `${API}/2`, init: token, own: false },
    { what: 'a call with headers that no fetch takes', input: API, init: { headers: { 'a b': 'c' } }, own: false },
    { what: 'an address that no fetch takes', input: 'https://[', init: token, own: false },
  ])('is recognised in $what: $own', ({ input, init, own }) => {
    const { call, isOwn } = createPage();
    void call(API, token);
    expect(isOwn(input, init)).toBe(own);
  });

  it('is recognised by its token, whatever a wrapper has made of its other headers', () => {
    const { call, isOwn } = createPage();
    void call(API, { headers: { ...token.headers, trace: '1' } });
    expect(isOwn(API, { headers: { ...token.headers, trace: '2' } })).toBe(true);
  });

  it('is recognised beside another one to the same address', () => {
    const { call, isOwn } = createPage();
    void call(API, token);
    void call(API, { headers: { authorization: 'Bearer two' } });
    expect(isOwn(API, { ...token })).toBe(true);
  });

  it('is not recognised once its response is there', async () => {
    const { call, isOwn, end } = createPage();
    void call(API, token);
    end();
    await flush();
    expect(isOwn(API, { ...token })).toBe(false);
  });

  it('is not recognised once its fetch has thrown', () => {
    const thrown = new RangeError();
    const { call, isOwn } = createPage({
      given: () => {
        throw thrown;
      },
    });
    expect(() => call(API, token)).toThrow(thrown);
    expect(isOwn(API, { ...token })).toBe(false);
  });

  it('without a token is not recognised in another one to the same address', () => {
    const { call, isOwn } = createPage();
    void call(`${API}?page=1`);
    expect(isOwn(`${API}?page=2`, undefined)).toBe(false);
  });

  it('that goes to an address that no fetch takes is handed on, and nothing else is taken for it', () => {
    const { call, isOwn, sent } = createPage();
    void call('https://[', token);
    expect(sent).toEqual(['replaced https://[']);
    expect(isOwn(API, token)).toBe(false);
  });
});

describe('a request to the auth server under way', () => {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'x-accept': '1',
    'accept-csrf': '2',
  };

  it.each<{ what: string; input: string; headers: Record<string, string>; own: boolean }>([
    { what: 'any request to its address', input: AUTH, headers: {}, own: true },
    { what: 'a copy with a query', input: `${AUTH}?trace=1`, headers, own: true },
    { what: 'a copy without its accept', input: `${AUTH}?t=1`, headers: { ...headers, accept: 'a/b' }, own: true },
    { what: 'a copy of another type', input: `${AUTH}?t=1`, headers: { ...headers, 'content-type': 'a/b' }, own: true },
    { what: 'a request without one of its headers', input: `${AUTH}?t=1`, headers: { 'accept-csrf': '2' }, own: false },
    { what: 'a request without the other', input: `${AUTH}?t=1`, headers: { 'x-accept': '1' }, own: false },
    { what: 'a request to another address', input: `${AUTH}/2`, headers, own: false },
  ])('is recognised in $what: $own', ({ input, headers: given, own }) => {
    const { authRequest, isOwn } = createPage();
    void authRequest(AUTH, { headers });
    expect(isOwn(input, { headers: given })).toBe(own);
  });

  it('with no headers of its own is recognised by its whole address alone', () => {
    const { authRequest, isOwn } = createPage();
    void authRequest(AUTH, { headers: { accept: 'application/json' } });
    expect([isOwn(AUTH, undefined), isOwn(`${AUTH}?trace=1`, undefined)]).toEqual([true, false]);
  });

  it('is recognised beside a call with a token', () => {
    const { authRequest, call, isOwn } = createPage();
    void call(API, token);
    void authRequest(AUTH, { headers });
    expect([isOwn(AUTH, undefined), isOwn(API, { ...token })]).toEqual([true, true]);
  });

  it('does not make its own of a call to its address without its headers', () => {
    const { call, isOwn } = createPage();
    void call(AUTH, token);
    expect(isOwn(AUTH, undefined)).toBe(false);
  });
});
