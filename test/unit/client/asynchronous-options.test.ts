import { describe, expect, it } from 'vitest';
import { createAuthClient } from '../../../src/index.ts';
import { networkError } from './fake-server.ts';
import { outcome, signedInWorld } from './world.ts';

const API = 'https://api.example';

describe('a function that is async', () => {
  it.each(['parseClaims', 'userId', 'readTokens', 'classifyRefresh'])(
    'is refused as `%s`, whose result is used at once',
    (name) => {
      expect(() => createAuthClient({ [name]: async () => undefined })).toThrow(
        new TypeError(
          `\`${name}\` takes a function that is not async, since its result is used at once. It was given an async function.`,
        ),
      );
    },
  );

  it('decides as `networkErrorMeansRejected`, too: a write that it leaves out is not sent again', async () => {
    const networkErrorMeansRejected = async ({ method }: { method: string }) => method === 'GET';
    const { client, server } = await signedInWorld('ann', {
      client: { allowedOrigins: [API], networkErrorMeansRejected },
    });
    server.next(`${API}/items`, networkError, networkError);
    expect(await outcome(client.authFetch(`${API}/items`, { method: 'POST', body: 'once' }))).toBe('TypeError');
    expect(server.calls()).toHaveLength(1);
    expect(await outcome(client.authFetch(`${API}/items`))).toBe(200);
  });
});
