import { createFixture } from '../server/fixture.ts';
import type { Network } from './fake-network.ts';

/** The real authority at its strictest (no grace), an API behind its guard, and the cookie jar of one browser. */
export const createAuthorityNetwork = () => {
  let now = () => 0;
  const { authority, events } = createFixture({ graceMs: 0, now: () => now() });
  const jar = new Map<string, string>();
  const asked: string[] = [];
  let busy = 0;

  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/auth/')) return authority.handle(request);
    const claims = await authority.guard(request);
    return claims instanceof Response ? claims : Response.json({ user: claims.sub });
  };

  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
  };

  const network: Network = {
    send: (input, init) => {
      const bare = input instanceof Request ? input : new Request(new URL(String(input), 'https://app.example/'), init);
      const headers = new Headers(bare.headers);
      headers.set('Origin', 'https://app.example');
      headers.set('Sec-Fetch-Site', 'same-origin');
      if (jar.size > 0) headers.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '));
      const request = new Request(bare, { headers });
      asked.push(new URL(request.url).pathname);
      return {
        reach: async () => {
          busy++;
          try {
            const response = await answer(request);
            return { response, land: () => keep(response) };
          } finally {
            busy--;
          }
        },
      };
    },
  };

  return {
    network,
    events,
    asked,
    count: (path: string) => asked.filter((one) => one === path).length,
    refused: () => events.filter(({ type }) => type === 'refresh-reused'),
    /** From now on its time is that of the browser; time stands still while it thinks. */
    attach: (browser: { clock: { now(): { wallAt: number } }; advance(ms: number): Promise<void> }) => {
      now = () => browser.clock.now().wallAt;
      return async (ms: number): Promise<void> => {
        for (let passed = 0; passed < ms; passed += 2) {
          await browser.advance(2);
          while (busy > 0) await new Promise<void>((resolve) => setImmediate(resolve));
        }
      };
    },
  };
};
