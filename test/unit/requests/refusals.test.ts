import { describe, expect, it, vi } from 'vitest';
import { createRefusals, type RefusalRules, type SentCall } from '../../../src/requests/refusals.ts';

const call: SentCall = {
  to: { href: 'https://api.test/orders?q=1', origin: 'https://api.test' },
  method: 'GET',
  signal: undefined,
};
const networkError = new TypeError('Failed to fetch');

const judge = (sending: Promise<Response>, rules: Partial<RefusalRules> = {}, of: Partial<SentCall> = {}) =>
  createRefusals({
    isTokenRejected: undefined,
    networkErrorMeansRejected: false,
    ownOrigin: () => 'https://app.test',
    ...rules,
  })(sending, { ...call, ...of }, (ending) => ending);

const redirected = (url: string) =>
  Object.defineProperties(new Response(null, { status: 401 }), { redirected: { value: true }, url: { value: url } });

describe('a response', () => {
  it.each([200, 302, 400, 403, 404, 500])(
    'with status %i refuses no token, and its challenge is not read',
    async (status) => {
      const response = new Response(null, { status, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
      const get = vi.spyOn(response.headers, 'get');
      expect(await judge(Promise.resolve(response))).toEqual({ response });
      expect(get).not.toHaveBeenCalled();
    },
  );

  it('with status 401 refuses it, by the address without the query', async () => {
    const response = new Response(null, { status: 401 });
    expect(await judge(Promise.resolve(response))).toEqual({ response, refusedBy: 'https://api.test/orders' });
  });

  it.each([
    { to: 'https://api.test/elsewhere', refuses: true },
    { to: 'https://other.test/orders', refuses: false },
    { to: '', refuses: false },
  ])('with status 401 after a redirect to "$to" refuses it: $refuses', async ({ to, refuses }) => {
    expect('refusedBy' in (await judge(Promise.resolve(redirected(to))))).toBe(refuses);
  });

  it('is judged by the rule of the app, whatever its status', async () => {
    const isTokenRejected = vi.fn(() => true);
    const response = new Response(null, { status: 419 });
    expect(await judge(Promise.resolve(response), { isTokenRejected })).toHaveProperty('refusedBy');
    expect(isTokenRejected).toHaveBeenCalledWith(response, { url: 'https://api.test/orders?q=1', method: 'GET' });
  });
});

describe('a network error', () => {
  it.each<{ what: string; error: unknown; rules?: Partial<RefusalRules>; of?: object; refuses: boolean }>([
    { what: 'by default', error: networkError, rules: { networkErrorMeansRejected: false }, refuses: false },
    { what: 'where the app says so', error: networkError, refuses: true },
    {
      what: "of the page's own origin",
      error: networkError,
      of: { to: { href: 'https://app.test/a', origin: 'https://app.test' } },
      refuses: false,
    },
    { what: 'of a call that was aborted', error: networkError, of: { signal: AbortSignal.abort() }, refuses: false },
    {
      what: 'of a call whose signal is quiet',
      error: networkError,
      of: { signal: new AbortController().signal },
      refuses: true,
    },
    { what: 'that is an abort', error: new DOMException('', 'AbortError'), refuses: false },
    { what: 'that is nothing at all', error: undefined, refuses: false },
    { what: 'that is a text', error: 'TypeError', refuses: false },
    {
      what: 'that the rule of the app denies',
      error: networkError,
      rules: { networkErrorMeansRejected: () => false },
      refuses: false,
    },
    {
      what: 'that the rule of the app confirms',
      error: networkError,
      rules: { networkErrorMeansRejected: () => true },
      refuses: true,
    },
  ])('$what counts as a refusal by the origin: $refuses', async ({ error, rules, of, refuses }) => {
    const ending = await judge(Promise.reject(error), { networkErrorMeansRejected: true, ...rules }, of).catch(
      (thrown: unknown) => ({ thrown }),
    );
    expect(ending).toEqual(refuses ? { error, refusedBy: 'https://api.test' } : { thrown: error });
  });
});
