import { describe, expect, it } from 'vitest';
import { replayStreams } from '../../../../src/requests/replay/replay-streams.ts';
import { readInit } from '../../../../src/requests/replay/request-init.ts';
import { refused } from '../../client/fake-server.ts';
import { signedInWorld } from '../../client/world.ts';
import fc from '../../random.ts';

const ADDRESS = 'https://app.example/api/items?page=1';

type Members = Record<string, unknown>;

/** Ways to say the same to `fetch`. */
const forms: Record<string, (members: Members) => RequestInit> = {
  plain: (members) => ({ ...members }),
  inherited: (members) => Object.create(members),
  'inherited from far away': (members) => Object.create(Object.create(Object.freeze({ ...members }))),
  'own and not enumerable': (members) =>
    Object.defineProperties(
      {},
      Object.fromEntries(Object.entries(members).map(([name, value]) => [name, { value, enumerable: false }])),
    ),
  'getters of a class': (members) => {
    class Init {}
    for (const name of Object.keys(members)) Object.defineProperty(Init.prototype, name, { get: () => members[name] });
    return new Init();
  },
  'a function': (members) => Object.assign(() => {}, members) as RequestInit,
};

const optional = <T>(...values: T[]) =>
  fc.option(fc.constantFrom<T | undefined>(...values, undefined), { nil: undefined });

const members = fc
  .record(
    {
      method: optional('DELETE', 'put', 'POST', 'PATCH', 'GET'),
      headers: optional<HeadersInit | null>(
        null,
        { 'X-A': '1' },
        [['x-b', '2']],
        new Headers({ 'Content-Type': 'text/own' }),
      ),
      body: optional<BodyInit | null>('text', '', null, new URLSearchParams({ a: '1' }), new Uint8Array([1, 2])),
      cache: optional('reload', 'no-store'),
      credentials: optional('omit', 'include'),
      integrity: optional('sha256-x'),
      keepalive: optional(true, false),
      mode: optional('same-origin', 'cors'),
      redirect: optional('manual', 'error'),
      referrerPolicy: optional('no-referrer', 'origin'),
    },
    { requiredKeys: [] },
  )
  .map((record): Members => record);

const inputs: Record<string, () => RequestInfo | URL> = {
  'an address': () => ADDRESS,
  'a URL': () => new URL(ADDRESS),
  'a Request': () => new Request(ADDRESS, { method: 'OPTIONS', headers: { 'X-Own': '1' }, redirect: 'error' }),
  'a Request with a body': () => new Request(ADDRESS, { method: 'POST', body: 'of the request', keepalive: true }),
};

const described = async (request: Request) => {
  const { method, url, cache, credentials, integrity, keepalive, mode, redirect, referrerPolicy } = request;
  const headers = Object.fromEntries([...request.headers].filter(([name]) => name !== 'authorization'));
  const body = request.bodyUsed ? 'used' : await request.clone().text();
  return { method, url, cache, credentials, integrity, keepalive, mode, redirect, referrerPolicy, headers, body };
};

/** What `fetch` would send, or that it would not. */
const sentByFetch = async (input: RequestInfo | URL, init: RequestInit | undefined) => {
  let request: Request;
  try {
    request = init === undefined ? new Request(input) : new Request(input, init);
  } catch (error) {
    return (error as Error).name;
  }
  return described(request);
};

const createSentByClient = async () => {
  const { client, server } = await signedInWorld();
  return async (input: RequestInfo | URL, init: RequestInit | undefined) => {
    server.forget();
    try {
      await client.authFetch(input, init);
    } catch (error) {
      return (error as Error).name;
    }
    const [asked, ...more] = server.calls();
    expect(more).toEqual([]);
    return described((asked as (typeof server.log)[0]).request);
  };
};

describe('what authFetch sends', () => {
  it('is what fetch would send, however its arguments are said (C-3)', async () => {
    const sentByClient = await createSentByClient();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(inputs)),
        fc.constantFrom(...Object.keys(forms)),
        members,
        async (input, form, said) => {
          const make = () => [inputs[input]?.(), forms[form]?.(said)] as [RequestInfo | URL, RequestInit];
          expect(await sentByClient(...make())).toEqual(await sentByFetch(...make()));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(Object.keys(inputs))('is what fetch would send of %s with a Request for an init (C-3)', async (input) => {
    const sentByClient = await createSentByClient();
    const make = () =>
      [
        inputs[input]?.(),
        new Request('https://app.example/y', { method: 'DELETE', headers: { 'X-Y': '1' }, cache: 'reload' }),
      ] as [RequestInfo | URL, RequestInit];
    const sent = await sentByClient(...make());
    expect(sent).toEqual(await sentByFetch(...make()));
    expect(sent).toMatchObject({ method: 'DELETE', url: ADDRESS, headers: { 'x-y': '1' } });
  });

  it('is the body of a Request that stands for an init (C-3)', async () => {
    // Its body is a stream.
    const { client, server } = await signedInWorld('ann', { client: { streams: replayStreams() } });
    const bodies: string[] = [];
    server.always('/api', async (asked) => {
      bodies.push(`${asked.request.method} ${await asked.request.text()}`);
      return bodies.length === 1 ? refused(asked) : new Response();
    });
    const init = new Request('https://app.example/y', { method: 'PUT', body: 'of the init' });
    await client.authFetch('/api', init);
    expect(bodies).toEqual(['PUT of the init', 'PUT of the init']);
  });

  it.each([
    ['a number', 7],
    ['a text', 'GET'],
  ])('is nothing where init is %s (C-3)', async (_, init) => {
    const sentByClient = await createSentByClient();
    expect(await sentByClient('/api', init as RequestInit)).toBe('TypeError');
    expect(() => readInit(init as RequestInit)).toThrow('`init` takes an object');
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
  ])('is a GET where init is %s (C-3)', async (_, init) => {
    const sentByClient = await createSentByClient();
    expect(await sentByClient(ADDRESS, init as unknown as RequestInit)).toEqual(await sentByFetch(ADDRESS, undefined));
  });

  it('is what fetch would send of a call with an Authorization of its own (C-3)', async () => {
    const sentByClient = await createSentByClient();
    const { client, server } = await signedInWorld();
    const init = Object.create({ method: 'DELETE', headers: { Authorization: 'Bearer mine' } });
    expect(await sentByClient(ADDRESS, init)).toMatchObject({ method: 'DELETE' });
    await client.authFetch(
      new Request(ADDRESS, { headers: { Authorization: 'Bearer mine' }, referrerPolicy: 'origin' }),
    );
    expect(server.calls().map(({ token, request }) => [token, request.referrerPolicy])).toEqual([['mine', 'origin']]);
  });

  it('stops with a signal that init inherits (C-3)', async () => {
    const { client, server } = await signedInWorld();
    const init = Object.create({ signal: AbortSignal.abort('not any more') });
    await expect(client.authFetch('/api', init)).rejects.toBe('not any more');
    expect(server.calls()).toEqual([]);
  });

  it('is made as an inherited `auth` says, which fetch does not see (C-3)', async () => {
    const { client, platform, server } = await signedInWorld();
    class Init {
      method = 'DELETE';
      get auth() {
        return { token: 'none' as const };
      }
    }
    const seen: unknown[] = [];
    const { fetch } = platform;
    platform.fetch = (input, init) => {
      seen.push(init && 'auth' in init);
      return fetch(input, init);
    };
    await client.authFetch('/api', new Init());
    expect(server.calls().map(({ request, token }) => [request.method, token])).toEqual([['DELETE', undefined]]);
    expect(seen).toEqual([false]);
  });
});

describe('an init', () => {
  it.each([
    ['a plain object', (members: object) => ({ ...members })],
    ['an object that inherits', (members: object) => Object.create(members)],
  ])('is read once, member by member: %s (C-3)', async (_, make) => {
    const { client } = await signedInWorld();
    const reads: string[] = [];
    const init = new Proxy<RequestInit>(make({ method: 'POST', body: 'x', headers: { a: '1' } }), {
      get: (target, name) => {
        reads.push(String(name));
        return Reflect.get(target, name);
      },
    });
    await client.authFetch('/api', init);
    expect(reads).toEqual([...new Set(reads)]);
    expect(reads).toEqual(expect.arrayContaining(['auth', 'method', 'body', 'headers']));
  });

  it('keeps members that only some fetch knows, and no member that is undefined (C-3)', () => {
    expect({ ...readInit({ next: { revalidate: 1 }, method: undefined, auth: {} } as object) }).toStrictEqual({
      next: { revalidate: 1 },
    });
  });

  it('gives no member a meaning by the name `__proto__` (C-3)', () => {
    const read = readInit(JSON.parse('{ "__proto__": { "method": "DELETE" } }'));
    expect(read.method).toBeUndefined();
  });
});
