import { describe, expect, it } from 'vitest';
import { replayStreams } from '../../../../src/requests/replay/replay-streams.ts';
import {
  canReplay,
  isKeepalive,
  type ReplayableRequest,
  release,
  replayable,
  sendingOf,
} from '../../../../src/requests/replay/replayable-request.ts';
import { readInit } from '../../../../src/requests/replay/request-init.ts';

/** What is sent again, if it still can be. */
const replayOf = (call: ReplayableRequest, authorization: string) =>
  canReplay(call) ? sendingOf(call, authorization, true) : undefined;

const LIMIT = 1024;
const URL_A = 'https://api.example/items';
/** As a call does: the address resolved, the caller's headers copied. */
const keep = (input: string | Request, init?: RequestInit, limit = LIMIT): ReplayableRequest => {
  const given = init?.headers ?? (typeof input === 'string' ? undefined : input.headers);
  const href = typeof input === 'string' ? input : input.url;
  return replayable(input, href, readInit(init), given && new Headers(given), replayStreams({ maxBytes: limit }));
};

const bytes = (length: number, value = 7): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(value);

/** What would arrive at the server. */
const arriving = async ([input, init]: ReturnType<typeof sendingOf>) => {
  const request = new Request(input, { duplex: 'half', ...init } as RequestInit);
  const { method, url, headers } = request;
  return {
    method,
    url,
    headers: Object.fromEntries(headers),
    body: Buffer.from(await request.arrayBuffer()).toString('latin1'),
  };
};

const streamOf = (chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> => {
  const left = [...chunks];
  return new ReadableStream({
    pull: (controller) => {
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
};

const withStream = (chunks: readonly Uint8Array[], limit = LIMIT) =>
  keep(URL_A, { method: 'POST', body: streamOf(chunks), duplex: 'half' } as RequestInit, limit);

const form = (): FormData => {
  const data = new FormData();
  data.set('name', 'Ann');
  data.set('file', new File([bytes(20)], 'a.bin', { type: 'application/x-a' }));
  return data;
};

/** Without the random boundary of a multipart body. */
const normal = (text: string): string =>
  text.replace(/-{2,}[\w-]*formdata[\w-]*/gi, '--boundary').replace(/boundary=\S+/g, 'boundary');

describe('a call (BB-10)', () => {
  it.each<[string, () => RequestInit | undefined]>([
    ['no init', () => undefined],
    ['no body', () => ({ method: 'DELETE' })],
    ['a null body', () => ({ method: 'POST', body: null })],
    ['a text', () => ({ method: 'POST', body: 'grüße' })],
    ['an empty text', () => ({ method: 'POST', body: '' })],
    ['URLSearchParams', () => ({ method: 'POST', body: new URLSearchParams({ a: '1 2', b: '&' }) })],
    ['FormData with a File', () => ({ method: 'PUT', body: form() })],
    ['a Blob', () => ({ method: 'POST', body: new Blob([bytes(300)], { type: 'image/png' }) })],
    ['an ArrayBuffer', () => ({ method: 'POST', body: bytes(300).buffer })],
    ['a view of a part of a buffer', () => ({ method: 'POST', body: bytes(300).subarray(10, 20) })],
  ])('with %s is sent again byte for byte', async (_, createInit) => {
    const call = keep(URL_A, createInit(), LIMIT);
    const first = await arriving(sendingOf(call, 'Bearer 1'));
    const second = await arriving(replayOf(call, 'Bearer 2') ?? [URL_A]);
    const texts = [first, second].map(({ headers: { authorization: __, ...headers }, ...rest }) =>
      normal(JSON.stringify({ ...rest, headers })),
    );
    expect(texts[1]).toBe(texts[0]);
    expect([first.headers.authorization, second.headers.authorization]).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('leaves the caller’s init as it was', () => {
    const init = Object.freeze({ method: 'POST', body: 'x', headers: Object.freeze({ a: '1' }) });
    const call = keep(URL_A, init, LIMIT);
    sendingOf(call, 'Bearer 1');
    replayOf(call, 'Bearer 2');
    expect(init).toEqual({ method: 'POST', body: 'x', headers: { a: '1' } });
  });

  it('is sent without an Authorization if there is no token', async () => {
    const { headers } = await arriving(sendingOf(keep(URL_A, { headers: { a: '1' } }), undefined));
    expect(headers).toEqual({ a: '1' });
  });

  it('without headers goes out without any if there is no token', () => {
    expect(sendingOf(keep(URL_A), undefined)).toStrictEqual([URL_A, {}]);
  });

  it('has the caller’s headers and the token', async () => {
    const { headers } = await arriving(sendingOf(keep(URL_A, { headers: { a: '1' } }), 'Bearer 1'));
    expect(headers).toEqual({ a: '1', authorization: 'Bearer 1' });
  });

  it('goes where and how it went when it was made, whatever is done to its init later', async () => {
    const init = { method: 'POST', body: 'one', headers: { a: '1' } };
    const call = keep(URL_A, init);
    Object.assign(init, { method: 'PUT', body: 'two', headers: { a: '2' } });
    expect(await arriving(sendingOf(call, undefined))).toMatchObject({
      method: 'POST',
      body: 'one',
      headers: { a: '1' },
    });
  });

  it.each<[string, string | Request, RequestInit | undefined, string]>([
    ['an address alone', URL_A, undefined, 'GET'],
    ['init', URL_A, { method: 'DELETE' }, 'DELETE'],
    ['a Request', new Request(URL_A, { method: 'PUT' }), undefined, 'PUT'],
    ['a Request and init', new Request(URL_A, { method: 'PUT' }), { method: 'PATCH' }, 'PATCH'],
  ])('names its method, of %s', (_, input, init, method) => {
    expect(keep(input, init).method).toBe(method);
  });

  it.each<[string, string | Request, RequestInit | undefined, boolean]>([
    ['init', URL_A, { keepalive: true }, true],
    ['no init', URL_A, undefined, false],
    ['a Request', new Request(URL_A, { keepalive: true }), undefined, true],
    ['a Request and init', new Request(URL_A, { keepalive: true }), { keepalive: false }, false],
    ['a Request and a body in init', new Request(URL_A, { method: 'POST', keepalive: true }), { body: 'x' }, true],
    ['a Request and a body in init, without', new Request(URL_A, { method: 'POST' }), { body: 'x' }, false],
  ])('knows whether it outlives its page, of %s', (_, input, init, outlives) => {
    expect(isKeepalive(keep(input, init))).toBe(outlives);
  });

  it('is released without an error', () => {
    expect(release(keep(URL_A, { body: 'x' }, LIMIT))).toBeUndefined();
  });
});

describe('a Request', () => {
  const post = (body: BodyInit = 'hello') =>
    new Request(URL_A, { method: 'POST', body, headers: { 'X-Own': '1', 'Content-Type': 'text/own' } });

  it('with a body is sent again as the POST it was: method, headers and body', async () => {
    const request = post();
    const call = keep(request);
    const first = await arriving(sendingOf(call, 'Bearer 1'));
    expect(first).toMatchObject({
      method: 'POST',
      url: URL_A,
      body: 'hello',
      headers: { 'x-own': '1', 'content-type': 'text/own', authorization: 'Bearer 1' },
    });
    expect(await arriving(replayOf(call, 'Bearer 1') ?? [URL_A, {}])).toEqual(first);
  });

  it('without a body is sent again as it is', async () => {
    const request = new Request(URL_A, { headers: { 'X-Own': '1' } });
    const call = keep(request);
    const first = await arriving(sendingOf(call, 'Bearer 1'));
    expect(await arriving(replayOf(call, 'Bearer 1') ?? [URL_A, {}])).toEqual(first);
  });

  it('with headers in init has those and the token', async () => {
    const call = keep(post(), { headers: { b: '2' } });
    const { headers } = await arriving(sendingOf(call, 'Bearer 1'));
    expect(headers).toMatchObject({ b: '2', authorization: 'Bearer 1' });
    expect(headers).not.toHaveProperty('x-own');
  });

  it('is sent without an Authorization if there is no token', () => {
    const [input, init] = sendingOf(keep(post()), undefined);
    expect(Object.fromEntries((input as Request).headers)).toEqual({ 'x-own': '1', 'content-type': 'text/own' });
    expect(init).toBeUndefined();
  });

  it.each([undefined, 'Bearer 1'])('goes out with the rest of init, with the token %s', (authorization) => {
    const init = { cache: 'no-store' } as const;
    const [input, sent] = sendingOf(keep(post(), init), authorization);
    expect((input as Request).headers.get('authorization')).toBe(authorization ?? null);
    expect(sent).toEqual(init);
  });

  it('keeps its own headers as they were', async () => {
    const request = post();
    await arriving(sendingOf(keep(request), 'Bearer 1'));
    expect(request.headers.has('authorization')).toBe(false);
  });

  it('is replaced by the body of init', async () => {
    const call = keep(post(), { body: 'other' });
    const first = await arriving(sendingOf(call, 'Bearer 1'));
    expect(first.body).toBe('other');
    expect((await arriving(replayOf(call, 'Bearer 2') ?? [URL_A, {}])).body).toBe('other');
  });

  it('whose body is used up is refused, as fetch does', async () => {
    const request = post();
    await request.text();
    expect(() => sendingOf(keep(request), 'Bearer 1')).toThrow(TypeError);
  });

  it('is used up when the call is over, as fetch does', async () => {
    const request = post();
    const call = keep(request);
    await arriving(sendingOf(call, 'Bearer 1'));
    release(call);
    expect(request.bodyUsed).toBe(true);
  });

  it('released lets go of its spare body', () => {
    const request = post();
    const spares: Request[] = [];
    request.clone = () => {
      const spare = Request.prototype.clone.call(request);
      spares.push(spare);
      return spare;
    };
    const call = keep(request);
    expect(spares.at(-1)?.bodyUsed).toBe(false);
    release(call);
    expect(spares.every(({ bodyUsed }) => bodyUsed)).toBe(true);
  });
});

describe('a stream', () => {
  it('is sent as it is, and not again, if streams are not replayed', async () => {
    const body = streamOf([bytes(10)]);
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const call = replayable(URL_A, URL_A, init, undefined);
    const sent = sendingOf(call, 'Bearer 1');
    expect(sent[1]?.body).toBe(body);
    expect((await arriving(sent)).body).toHaveLength(10);
    expect(canReplay(call)).toBe(false);
    expect(replayOf(call, 'Bearer 2')).toBeUndefined();
  });

  it('within the bound is recorded while it is sent, and sent again byte for byte', async () => {
    const call = withStream([bytes(600, 1), bytes(424, 2)]);
    const first = await arriving(sendingOf(call, 'Bearer 1'));
    expect(first.body).toHaveLength(1024);
    const again = replayOf(call, 'Bearer 2');
    expect((await arriving(again ?? [URL_A, {}])).body).toBe(first.body);
  });

  it('beyond the bound is sent whole, and not again', async () => {
    const call = withStream([bytes(600), bytes(425)]);
    expect((await arriving(sendingOf(call, 'Bearer 1'))).body).toHaveLength(1025);
    expect(replayOf(call, 'Bearer 2')).toBeUndefined();
  });

  it('that is empty is sent again, even within a bound of nothing', async () => {
    const call = withStream([], 0);
    await arriving(sendingOf(call, 'Bearer 1'));
    expect((await arriving(replayOf(call, 'Bearer 2') ?? [URL_A, { body: 'x' }])).body).toBe('');
  });

  it('is not kept at all within a bound of nothing', async () => {
    const call = withStream([bytes(1)], 0);
    await arriving(sendingOf(call, 'Bearer 1'));
    expect(replayOf(call, 'Bearer 2')).toBeUndefined();
  });

  it('that was answered before it was all sent is not sent again', async () => {
    const call = withStream([bytes(10), bytes(10), bytes(10)]);
    const [, init = {}] = sendingOf(call, 'Bearer 1');
    const reader = (init.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    expect(replayOf(call, 'Bearer 2')).toBeUndefined();
  });

  it('is recorded as it was sent, whatever is done to its chunks later', async () => {
    const chunk = bytes(4, 65);
    const call = withStream([chunk]);
    await arriving(sendingOf(call, 'Bearer 1'));
    chunk.fill(66);
    expect((await arriving(replayOf(call, 'Bearer 2') ?? [URL_A, {}])).body).toBe('AAAA');
  });

  it('is not read ahead of being sent by more than one chunk', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          pulled++;
          controller.enqueue(bytes(1));
        },
      },
      { highWaterMark: 0 },
    );
    keep(URL_A, { method: 'POST', body, duplex: 'half' } as RequestInit, LIMIT);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(pulled).toBeLessThanOrEqual(1);
  });

  it('that breaks is not sent again', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('broken')) });
    const call = keep(URL_A, { method: 'POST', body, duplex: 'half' } as RequestInit, LIMIT);
    await expect(arriving(sendingOf(call, 'Bearer 1'))).rejects.toThrow('broken');
    expect(replayOf(call, 'Bearer 2')).toBeUndefined();
  });

  it('is cancelled at its source when its sending is', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes(1)),
      cancel: () => {
        cancelled = true;
      },
    });
    const call = keep(URL_A, { method: 'POST', body, duplex: 'half' } as RequestInit, LIMIT);
    const [, init = {}] = sendingOf(call, 'Bearer 1');
    await (init.body as ReadableStream).cancel();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(cancelled).toBe(true);
  });

  it('released lets go of what was recorded', async () => {
    const call = withStream([bytes(10)]);
    await arriving(sendingOf(call, 'Bearer 1'));
    release(call);
    expect(replayOf(call, 'Bearer 2')).toBeUndefined();
  });
});
