import { describe, expect, it } from 'vitest';
import { createAuthRequest } from '../../../src/auth-server/auth-request.ts';
import type { Endpoint } from '../../../src/auth-server/endpoint.ts';
import { createFakePlatform } from '../fake-platform.ts';

/** What asking an endpoint function rejects with, each time, and what was reported of it. */
const failing = async (endpoint: () => unknown, times = 1) => {
  const platform = createFakePlatform(async () => new Response());
  const sendAuthRequest = createAuthRequest(platform, { client: false, idempotencyKey: false });
  const errors: unknown[] = [];
  for (let count = 0; count < times; count++) {
    await sendAuthRequest(endpoint as Endpoint, { name: 'refresh', keepalive: true }).catch((error: unknown) =>
      errors.push(error),
    );
  }
  return { errors, reported: platform.reported };
};

const throwing = (error: unknown) => async () => {
  throw error;
};

describe('an endpoint function', () => {
  it.each([
    [{ access_token: 'secret' }, 'a value of type object'],
    [undefined, 'a value of type undefined'],
    [null, 'null'],
    ['secret', 'a value of type string'],
    [[], 'an array'],
    [{ headers: new Headers(), text: String }, 'a value of type object'],
    [{ status: 200, text: String }, 'a value of type object'],
    [{ status: 200, headers: { accept: '*/*' }, text: String }, 'a value of type object'],
    [{ status: 200, headers: new Headers() }, 'a value of type object'],
  ])('that gives %j and no Response is reported, with what it gave (C-34)', async (given, found) => {
    const { errors, reported } = await failing(async () => given);
    expect(reported).toEqual([expect.any(TypeError)]);
    expect(String(reported[0])).toContain(
      `\`endpoints.refresh\` must resolve with the Response of \`fetch\`, but gave ${found}.`,
    );
    expect(errors).toEqual(reported);
  });

  it.each([
    new ReferenceError('tokens is not defined'),
    new TypeError('auth.refresh is not a function'),
    new TypeError("Cannot read properties of undefined (reading 'fetch')"),
    new TypeError('can\'t access property "fetch", api is undefined'),
    new TypeError("undefined is not an object (evaluating 'api.fetch')"),
    new TypeError("Failed to execute 'fetch' on 'Window': Illegal invocation"),
    new Error('Request failed with status code 401'),
    'unauthorized',
  ])('that throws by a mistake is reported, with the cause: %s (C-34)', async (cause) => {
    const { errors, reported } = await failing(throwing(cause));
    expect(errors).toEqual([cause]);
    expect(reported).toEqual([expect.objectContaining({ cause })]);
    expect(String(reported[0])).toContain('It must resolve with the Response, whatever its status');
  });

  it('that has read the Response already is reported: nothing is left for the client (C-34)', async () => {
    const { errors, reported } = await failing(async () => {
      const response = Response.json({ access_token: 'secret' });
      await response.json();
      return response;
    });
    expect(String(reported[0])).toContain('but gave one that was read already: read a clone().');
    expect(errors).toEqual(reported);
  });

  it('that throws within the call is reported as well (C-34)', async () => {
    const { reported } = await failing(() => {
      throw new ReferenceError('x is not defined');
    });
    expect(reported).toHaveLength(1);
  });

  it.each([
    new TypeError('Failed to fetch'),
    new TypeError('NetworkError when attempting to fetch resource.'),
    new TypeError('Load failed'),
    new TypeError('The network connection was lost.'),
    new TypeError('A server with the specified hostname could not be found.'),
    new TypeError('fetch failed'),
    new DOMException('signal timed out', 'TimeoutError'),
    new DOMException('The user aborted a request.', 'AbortError'),
  ])('that finds no network is not reported, and rejects as it did: %s (C-34)', async (error) => {
    const { errors, reported } = await failing(throwing(error));
    expect([errors, reported]).toEqual([[error], []]);
  });

  it('that fails the same way each time is reported once (C-34)', async () => {
    const { errors, reported } = await failing(throwing(new ReferenceError('x is not defined')), 5);
    expect([errors.length, reported.length]).toEqual([5, 1]);
  });

  it('may return a substitute for a Response', async () => {
    const { errors } = await failing(async () => ({ status: 200, headers: new Map(), text: async () => '{}' }));
    expect(errors).toEqual([]);
  });
});
