import { describe, expect, it } from 'vitest';
import { csrfCookie } from '../../../src/auth-server/csrf-cookie.ts';
import { createFakePlatform } from '../fake-platform.ts';

const names = { cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN' };

/** A page with a cookie header, and what is sent for it. `get`: the answer to the GET that sets the cookie. */
const createPage = ({ cookies = '', url = undefined as string | undefined, get = () => new Response(null) } = {}) => {
  const page = { cookies };
  const asked: RequestInit[] = [];
  const discarded: string[] = [];
  /** A response that says when its body is given up. */
  const response = (name: string, status: number) =>
    Object.defineProperty(new Response(null, { status }), 'body', {
      value: { cancel: async () => void discarded.push(name) },
    });
  const platform = createFakePlatform(async (_input, init = {}) => {
    asked.push(init);
    return get();
  });
  const protect = csrfCookie({ ...names, ...(url !== undefined && { url }) })({
    ...platform,
    page: { ...platform.page, cookies: () => page.cookies },
  });
  const sent: unknown[] = [];
  /** Sends a request that is answered with these statuses, one after the other. */
  const send = (...statuses: number[]) =>
    protect(async (headers) => {
      sent.push(headers);
      return response(`response ${sent.length}`, statuses[sent.length - 1] ?? 200);
    });
  return { page, send, sent, asked, discarded, response, reported: platform.reported };
};

describe('the CSRF cookie', () => {
  it.each([
    { cookies: 'XSRF-TOKEN=v', value: 'v' },
    { cookies: 'XSRF-TOKEN2=no; NO-XSRF-TOKEN=no; XSRF-TOKEN=v', value: 'v' },
    { cookies: 'XSRF-TOKEN=a%3Db', value: 'a=b' },
    { cookies: 'XSRF-TOKEN=100%', value: '100%' },
    { cookies: 'XSRF-TOKEN=', value: undefined },
    { cookies: 'XSRF-TOKEN=a%0Ab', value: undefined },
    { cookies: 'other=v', value: undefined },
  ])('in "$cookies" is sent as $value', async ({ cookies, value }) => {
    const { send, sent } = createPage({ cookies });
    await send();
    expect(sent).toEqual([value === undefined ? {} : { 'X-XSRF-TOKEN': value }]);
  });

  it('is fetched as JSON, with cookies and past every cache, and the body of the answer is given up', async () => {
    const page = createPage({
      url: '/csrf',
      get: () => {
        page.page.cookies = 'XSRF-TOKEN=v';
        return page.response('get', 204);
      },
    });
    await page.send();
    expect(page.asked).toEqual([
      expect.objectContaining({
        headers: { Accept: 'application/json' },
        credentials: 'include',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      }),
    ]);
    expect(page.sent).toEqual([{ 'X-XSRF-TOKEN': 'v' }]);
    expect(page.discarded).toEqual(['get']);
  });

  it.each([
    { status: 404, reports: 1 },
    { status: 499, reports: 1 },
    { status: 500, reports: 0 },
    { status: 503, reports: 0 },
  ])(
    'that does not come with a $status is reported $reports times, however often it is asked for',
    async ({ status, reports }) => {
      const { send, reported } = createPage({ url: '/csrf', get: () => new Response(null, { status }) });
      await expect(send()).rejects.toThrow('The CSRF cookie `XSRF-TOKEN` was not there');
      await expect(send()).rejects.toThrow('The CSRF cookie `XSRF-TOKEN` was not there');
      expect(reported).toHaveLength(reports);
    },
  );

  it('that does not come while the server fails is reported once the server has recovered', async () => {
    const statuses = [500, 404];
    const { send, reported } = createPage({
      url: '/csrf',
      get: () => new Response(null, { status: statuses.shift() ?? 200 }),
    });
    await send().catch(() => {});
    await send().catch(() => {});
    expect(reported).toHaveLength(1);
  });
});

describe('a request that is refused for its CSRF header', () => {
  it.each([419, 403])(
    'with %i is sent once more if the cookie has changed, and its first answer is given up',
    async (status) => {
      const page = createPage({
        cookies: 'XSRF-TOKEN=old',
        url: '/csrf',
        get: () => {
          page.page.cookies = 'XSRF-TOKEN=new';
          return new Response(null);
        },
      });
      await page.send(status, 200);
      expect(page.sent).toEqual([{ 'X-XSRF-TOKEN': 'old' }, { 'X-XSRF-TOKEN': 'new' }]);
      expect(page.discarded).toEqual(['response 1']);
    },
  );

  it.each([
    { what: 'is the same', after: 'XSRF-TOKEN=old' },
    { what: 'is gone', after: '' },
  ])('is not sent again if the cookie $what, and its answer is kept', async ({ after }) => {
    const page = createPage({
      cookies: 'XSRF-TOKEN=old',
      url: '/csrf',
      get: () => {
        page.page.cookies = after;
        return new Response(null);
      },
    });
    expect((await page.send(419)).status).toBe(419);
    expect([page.sent.length, page.discarded]).toEqual([1, []]);
  });
});

describe('csrfCookie', () => {
  it.each([
    { options: { ...names, cookie: 'a b' }, says: '`cookie` takes the name of a cookie.' },
    { options: { ...names, cookie: '' }, says: '`cookie` takes the name of a cookie.' },
    { options: { ...names, header: 'a b' }, says: '`header` takes the name of a header.' },
    { options: { ...names, url: '' }, says: '`url` takes an address, such as /csrf-cookie.' },
    { options: { ...names, url: 'https://[' }, says: '`url` takes an address, such as /csrf-cookie.' },
    { options: { ...names, url: 7 as unknown as string }, says: '`url` takes an address, such as /csrf-cookie.' },
  ])('refuses $options: $says', ({ options, says }) => {
    expect(() => csrfCookie(options)).toThrow(new TypeError(`\`csrfCookie\`: ${says}`));
  });
});
