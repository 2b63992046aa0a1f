import { afterEach, describe, expect, it, vi } from 'vitest';
import { replayStreams } from '../../../../src/requests/replay/replay-streams.ts';
import {
  canReplay,
  type ReplayableRequest,
  release,
  replayable,
  sendingOf,
} from '../../../../src/requests/replay/replayable-request.ts';
import { readInit } from '../../../../src/requests/replay/request-init.ts';

/** What is sent again, if it still can be. */
const replayOf = (call: ReplayableRequest, authorization: string) =>
  canReplay(call) ? sendingOf(call, authorization, true) : undefined;

const URL_A = 'https://api.example/items';
const keep = (input: Request, init?: RequestInit): ReplayableRequest =>
  replayable(input, input.url, readInit(init), new Headers(init?.headers ?? input.headers), replayStreams());

const streamOf = (text: string) => new Blob([text]).stream();

const post = (body: BodyInit, more: RequestInit = {}): Request =>
  new Request(URL_A, { method: 'POST', body, duplex: 'half', ...more } as RequestInit);

const textOf = (sending: ReturnType<typeof replayOf>): Promise<string> => {
  const [input, init] = sending ?? [URL_A];
  return new Request(input, init).text();
};

describe('a Request with a stream', () => {
  it('is sent by its stream, with what an `init` would make `fetch` forget', () => {
    const request = post(streamOf('hello'), { referrer: '', referrerPolicy: 'origin' });
    expect(sendingOf(keep(request), 'Bearer 1')).toEqual([
      request,
      {
        body: expect.any(ReadableStream) as ReadableStream,
        duplex: 'half',
        headers: new Headers({ authorization: 'Bearer 1' }),
        referrer: '',
        referrerPolicy: 'origin',
      },
    ]);
  });

  it('is recorded while it is sent, and not kept in clones', async () => {
    const call = keep(post(streamOf('hello')));
    expect(canReplay(call)).toBe(false);
    expect(await textOf(sendingOf(call, 'Bearer 1'))).toBe('hello');
    expect(await textOf(replayOf(call, 'Bearer 2'))).toBe('hello');
  });

  it('is replaced by the body of init', async () => {
    const call = keep(post(streamOf('hello')), { body: 'other' });
    expect(canReplay(call)).toBe(true);
    expect(await textOf(sendingOf(call, 'Bearer 1'))).toBe('other');
  });

  it('lets go of its source when it is released', async () => {
    let cancelled = false;
    const source = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    release(keep(post(source)));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(cancelled).toBe(true);
  });

  it.each<[string, () => Request]>([
    ['a text', () => post('hello')],
    ['a text, and a method that needs CORS', () => post('hello', { method: 'PUT' })],
    ['a text, from the cache alone', () => post('hello', { mode: 'same-origin', cache: 'only-if-cached' })],
    ['no body', () => new Request(URL_A)],
  ])('is told from one with %s, which is sent as it is', (_, create) => {
    const call = keep(create());
    expect(sendingOf(call, 'Bearer 1')[1]).toBeUndefined();
    expect(canReplay(call)).toBe(true);
  });
});

describe('a stream, in a browser that cannot send one', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  const sendStream = () =>
    sendingOf(replayable(URL_A, URL_A, { method: 'POST', body: streamOf('hello') }, undefined), undefined);

  it.each<[string, { asksForDuplex: boolean; type?: string }]>([
    ['sends a text in its place (Firefox)', { asksForDuplex: false, type: 'text/plain' }],
    ['sends a text in its place, though it knows of streams', { asksForDuplex: true, type: 'text/plain' }],
    ['knows nothing of streams', { asksForDuplex: false }],
  ])('is refused where it %s', (_, { asksForDuplex, type }) => {
    vi.stubGlobal(
      'Request',
      class {
        readonly headers = new Headers(type === undefined ? {} : { 'content-type': type });
        constructor(__: string, init: { readonly duplex: string }) {
          if (asksForDuplex) expect(init.duplex).toBe('half');
        }
      },
    );
    expect(sendStream).toThrow('This browser cannot send a stream as a body');
  });

  it('is refused if it throws (WebKit)', () => {
    vi.stubGlobal(
      'Request',
      class {
        constructor() {
          throw new TypeError('ReadableStream uploading is not supported');
        }
      },
    );
    expect(sendStream).toThrow('This browser cannot send a stream as a body');
  });
});
