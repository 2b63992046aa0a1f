import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFixture, ORIGIN } from '../fixture.ts';

const LIMIT = 64 * 1024;
const PATHS = ['/auth/login', '/auth/logout'];

function post(path: string, body: ReadableStream<Uint8Array>): Request {
  const headers = { Origin: ORIGIN, 'X-Auth-Client': '1', 'Content-Type': 'application/json' };
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  return new Request(`${ORIGIN}${path}`, init);
}

function credentials(length: number): Uint8Array {
  const start = '{"id":"ann","password":"right","padding":"';
  return new TextEncoder().encode(`${start}${'x'.repeat(length - start.length - 2)}"}`);
}

function inChunks(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(sent, sent + size));
      sent += size;
    },
  });
}

/** How many buffers are made from the time of the call, and how many parts they are put together from. */
function countBuffers(): () => number {
  let count = 0;
  const counting = <T extends object>(original: T): T =>
    new Proxy(original, {
      construct(target, [first, ...others], newTarget) {
        count += Array.isArray(first) ? 1 + first.length : 1;
        return Reflect.construct(target as never, [first, ...others], newTarget);
      },
    });
  vi.stubGlobal('Blob', counting(Blob));
  vi.stubGlobal('Uint8Array', counting(Uint8Array));
  return () => count;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a request body', () => {
  it('costs a handful of buffers however many chunks it comes in (S-2)', async () => {
    const { authority } = createFixture();
    const request = post('/auth/logout', inChunks(credentials(LIMIT), 1));
    const made = countBuffers();
    expect((await authority.handle(request)).status).toBe(204);
    expect(made()).toBeLessThan(20);
  });

  it.each([1, 7, 1024, LIMIT])('is read whole in chunks of %i bytes, up to the limit (S-2)', async (size) => {
    const seen: unknown[] = [];
    const { authority } = createFixture({
      verifyCredentials(given) {
        seen.push(given);
        return { id: 'ann', name: 'ANN' };
      },
    });
    const bytes = credentials(LIMIT);
    expect((await authority.handle(post('/auth/login', inChunks(bytes, size)))).status).toBe(200);
    expect(seen).toEqual([JSON.parse(new TextDecoder().decode(bytes))]);
  });

  it.each(PATHS)('is refused at %s as soon as it is a byte too long, and not read on (S-2)', async (path) => {
    const { authority } = createFixture();
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(pulled === 1 ? LIMIT : 1));
        },
      },
      { highWaterMark: 0 },
    );
    expect((await authority.handle(post(path, endless))).status).toBe(413);
    expect(pulled).toBe(2);
  });

  it.each(PATHS)('is refused at %s without waiting for a cancel that never settles (S-24)', async (path) => {
    const { authority } = createFixture();
    const stuck = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(LIMIT)),
      cancel: () => new Promise(() => undefined),
    });
    const answer = await Promise.race([authority.handle(post(path, stuck)), settled(50)]);
    expect(answer).toMatchObject({ status: 413 });
  });

  it('is refused where the cancel rejects, too (S-24)', async () => {
    const { authority, events } = createFixture();
    const angry = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(LIMIT)),
      cancel: () => Promise.reject(new Error('no')),
    });
    expect((await authority.handle(post('/auth/login', angry))).status).toBe(413);
    expect(events).toEqual([]);
  });

  it.each(PATHS)('that does not arrive in time is answered with 408 at %s, and not waited for', async (path) => {
    const { authority, events } = createFixture({ requestTimeoutMs: 20 });
    let isCancelled = false;
    const slow = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":')),
      cancel() {
        isCancelled = true;
        return new Promise(() => undefined);
      },
    });
    const answer = await authority.handle(post(path, slow));
    expect([answer.status, await answer.json()]).toEqual([408, { error: 'request_timeout' }]);
    expect([isCancelled, events]).toEqual([true, []]);
  });

  it('leaves no timer behind once it has been read', async () => {
    vi.useFakeTimers();
    const { authority } = createFixture();
    expect((await authority.handle(post('/auth/logout', inChunks(credentials(100), 7)))).status).toBe(204);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(PATHS)('that somebody has read before is a failure at %s that says so', async (path) => {
    const { authority, events } = createFixture();
    const request = post(path, inChunks(credentials(100), 100));
    await request.text();
    expect((await authority.handle(request)).status).toBe(500);
    const error = expect.objectContaining({ message: expect.stringContaining('read the request body before') });
    expect(events).toEqual([expect.objectContaining({ type: 'failed', error })]);
  });
});

/** Resolves after so many turns of the event loop: enough for everything that does not wait for ever. */
async function settled(turns: number): Promise<'hangs'> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return 'hangs';
}
