import { describe, expect, it } from 'vitest';
import { replayStreams } from '../../../../src/requests/replay/replay-streams.ts';
import {
  canReplay,
  type ReplayableRequest,
  release,
  replayable,
  sendingOf,
} from '../../../../src/requests/replay/replayable-request.ts';

/** What is sent again, if it still can be. */
const replayOf = (call: ReplayableRequest, authorization: string) =>
  canReplay(call) ? sendingOf(call, authorization, true) : undefined;

const OWN = 'https://app.example';
const textOf = ([input, init]: [RequestInfo | URL, (RequestInit | undefined)?]) =>
  new Request(input, { duplex: 'half', ...init } as RequestInit).text();

const params = new URLSearchParams('page=1');
const small = new TextEncoder().encode('one');

describe('what a caller changes after the call (BUG 6: sent late, sent changed)', () => {
  it.each<[string, () => { body: BodyInit; change: () => void; text: string }]>([
    [
      'URLSearchParams',
      () => {
        const body = new URLSearchParams('page=1');
        return { body, change: () => body.set('page', '2'), text: 'page=1' };
      },
    ],
    [
      'a buffer',
      () => {
        const body = new TextEncoder().encode('one');
        return { body, change: () => body.fill(65), text: 'one' };
      },
    ],
    [
      'an ArrayBuffer',
      () => {
        const view = new TextEncoder().encode('one');
        return { body: view.buffer as ArrayBuffer, change: () => view.fill(65), text: 'one' };
      },
    ],
  ])('%s is sent, and replayed, as it was', async (_, create) => {
    const { body, change, text } = create();
    const call = replayable(`${OWN}/`, `${OWN}/`, { method: 'POST', body }, undefined);
    call.body?.keep();
    change();
    expect(await textOf(sendingOf(call, 'Bearer 1'))).toBe(text);
    expect(await textOf(replayOf(call, 'Bearer 1') ?? [`${OWN}/`])).toBe(text);
  });

  it.each<[string, BodyInit, () => void]>([
    ['URLSearchParams', params, () => params.set('page', '2')],
    ['a small buffer', small, () => small.fill(65)],
  ])('%s is replayed as it was, though it was changed before the 401 came', async (_, body, change) => {
    const call = replayable(`${OWN}/`, `${OWN}/`, { method: 'POST', body }, undefined);
    const sent = await textOf(sendingOf(call, 'Bearer 1'));
    change();
    expect(await textOf(replayOf(call, 'Bearer 1') ?? [`${OWN}/`])).toBe(sent);
  });

  it('FormData is sent, and replayed, as it was', async () => {
    const body = new FormData();
    body.set('page', 'one');
    const call = replayable(`${OWN}/`, `${OWN}/`, { method: 'POST', body }, undefined);
    call.body?.keep();
    body.set('page', 'two');
    expect(await textOf(sendingOf(call, 'Bearer 1'))).toContain('one');
  });
});

describe('a stream that was never sent (BUG 12)', () => {
  it.each([
    ['recorded', replayStreams()],
    ['not recorded', undefined],
  ])('is cancelled when it is released, %s', async (_, streams) => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => {
        cancelled = true;
      },
    });
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    release(replayable(`${OWN}/`, `${OWN}/`, init, undefined, streams));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(cancelled).toBe(true);
  });
});
