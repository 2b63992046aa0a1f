import { describe, expect, it } from 'vitest';
import { runBlock } from './run-block.ts';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
  readonly token: string | undefined;
}

/** A page with the wrapper of docs/wrapper.md, whose refreshes give one of the tokens after the other. */
const pageWith = async (tokens: string[], answer: (request: Sent) => Response | Promise<Response>) => {
  const sent: Sent[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    const token = new Headers(init.headers).get('authorization')?.slice('Bearer '.length);
    sent.push({ url, init, token });
    const next = url === '/auth/refresh' ? tokens.shift() : undefined;
    return next === undefined ? answer({ url, init, token }) : Response.json({ access_token: next });
  };
  const page = await runBlock('docs/wrapper.md', 'function naiveFetch', { modules: {}, declared: { fetch } });
  const { naiveFetch } = page as { naiveFetch(url: string, init?: RequestInit): Promise<Response> };
  return { naiveFetch, to: (url: string) => sent.filter((request) => request.url === url) };
};

const acceptAll = () => new Response();
const accept = (good: string) => (request: Sent) => new Response(null, { status: request.token === good ? 200 : 401 });

describe('the wrapper of docs/wrapper.md', () => {
  it('sends the token to any address, and loses headers that are not a plain object', async () => {
    const { naiveFetch, to } = await pageWith(['one'], acceptAll);
    await naiveFetch('https://other.example/', { headers: new Headers({ 'X-Trace': '1' }) });
    const [{ token, init } = {}] = to('https://other.example/');
    expect([token, new Headers(init?.headers).has('X-Trace')]).toEqual(['one', false]);
  });

  it('refreshes again for a 401 that lands late', async () => {
    let landLate = () => {};
    const landing = new Promise<void>((resolve) => {
      landLate = resolve;
    });
    const { naiveFetch, to } = await pageWith(['old', 'new', 'newer'], async ({ url, token }) => {
      if (token !== 'old') return new Response();
      if (url === '/late') await landing;
      return new Response(null, { status: 401 });
    });
    const late = naiveFetch('/late');
    await naiveFetch('/prompt');
    landLate();
    await late;
    expect(to('/late').map(({ token }) => token)).toEqual(['old', 'newer']);
  });

  it('has no limit in time, no key for a repetition, and nothing that outlives a reload', async () => {
    const { naiveFetch, to } = await pageWith(['one'], acceptAll);
    await naiveFetch('/api/me');
    expect(to('/auth/refresh').map(({ init }) => init)).toEqual([{ method: 'POST' }]);
  });

  it('cannot tell a server that is away from a session that has ended', async () => {
    const outcomeOf = async (status: number) => {
      const { naiveFetch } = await pageWith(['one'], ({ url }) =>
        url === '/auth/refresh' ? Response.json({ error: 'x' }, { status }) : new Response(null, { status: 401 }),
      );
      return (await naiveFetch('/api/me')).status;
    };
    expect(await outcomeOf(503)).toBe(await outcomeOf(401));
  });

  it('sends a POST of one user as the user who has signed in since', async () => {
    const { naiveFetch, to } = await pageWith(['ann', 'ben'], accept('ben'));
    await naiveFetch('/api/orders', { method: 'POST', body: 'tea' });
    expect(to('/api/orders').map(({ token, init }) => [token, init.body])).toEqual([
      ['ann', 'tea'],
      ['ben', 'tea'],
    ]);
  });

  it('refreshes in each tab', async () => {
    const tokens = ['one', 'two'];
    const tabs = await Promise.all([pageWith(tokens, acceptAll), pageWith(tokens, acceptAll)]);
    await Promise.all(tabs.map(({ naiveFetch }) => naiveFetch('/api/me')));
    expect(tabs.flatMap(({ to }) => to('/auth/refresh'))).toHaveLength(2);
  });
});
