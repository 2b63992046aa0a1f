import { describe, expect, it, vi } from 'vitest';
import { type AuthorityEvent, createLogger, createMemoryStore } from '../../../../src/server/index.ts';
import { createFixture } from '../fixture.ts';

const AT = Date.UTC(2030, 0, 1) + 250;
const json = { 'Content-Type': 'application/json' };

/** What a logger writes for these events: the bare lines, and each of them read. */
function logged(...events: Parameters<ReturnType<typeof createLogger>>[0][]) {
  const lines: string[] = [];
  const log = createLogger({ write: (line) => void lines.push(line) });
  for (const event of events) log(event);
  return { lines, entries: lines.map((line) => JSON.parse(line)) };
}

function failedWith(error: unknown) {
  return logged({ type: 'failed', at: AT, endpoint: 'sign-in', error }).entries[0].error;
}

describe('createLogger', () => {
  it('LOG-1 writes an event as one line of JSON, with its time in UTC and its level', () => {
    const { lines } = logged({ type: 'signed-in', at: AT, sid: 's1', userId: 'ann' });
    expect(lines).toEqual([
      '{"time":"2030-01-01T00:00:00.250Z","level":"info","type":"signed-in","sid":"s1","userId":"ann"}',
    ]);
  });

  it.each([
    ['line feed', '\n'],
    ['carriage return', '\r\n'],
    ['escape', '\u001b[2J'],
    ['delete', '\u007f'],
    ['next line', '\u0085'],
    ['line separator', '\u2028'],
    ['paragraph separator', '\u2029'],
    ['right-to-left override', '\u202e'],
    ['zero-width space', '\u200b'],
    ['language tag', '\u{e0001}'],
    ['lone surrogate', '\ud800'],
  ])('LOG-2 escapes a %s in a user id, and loses nothing of it', (_name, evil) => {
    const userId = `ann${evil}{"level":"info"}`;
    const { lines, entries } = logged({ type: 'signed-out', at: AT, sid: 's1', userId });
    expect(lines[0]).toMatch(/^[\x20-\x7e]*$/);
    expect(entries).toEqual([expect.objectContaining({ userId })]);
  });

  it('LOG-2 leaves the letters of other languages as they are', () => {
    const { lines } = logged({ type: 'signed-out', at: AT, sid: 's1', userId: 'Zoë 名 👍' });
    expect(lines[0]).toContain('Zoë 名 👍');
  });

  it('LOG-1 gives an error by class, code and stack, and keeps back what it may quote', () => {
    class QueryError extends Error {
      readonly code = 'ECONNREFUSED';
      readonly parameters = ['hunter2'];
    }
    const error = failedWith(
      new QueryError('password hunter2\n    at fake.ts:1:1', {
        cause: Object.assign(new Error('hunter2'), { code: 'EPIPE' }),
      }),
    );
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error).toMatchObject({
      name: 'QueryError',
      code: 'ECONNREFUSED',
      causes: [{ name: 'Error', code: 'EPIPE' }],
    });
    expect(error.stack).toMatch(/^at .*logger\.test\.ts:\d+:\d+/);
    expect(error).not.toHaveProperty('message');
  });

  it('LOG-1 gives the message of an error of this package, and its cause by name', async () => {
    const events: AuthorityEvent[] = [];
    const store = { ...createMemoryStore(), insert: () => Promise.reject(new RangeError('hunter2')) };
    const { browser } = createFixture({ store, onEvent: (event) => void events.push(event) });
    await browser().post('/auth/login', { body: '{"id":"ann","password":"right"}', headers: json });
    const { entries } = logged(...events);
    expect(entries).toEqual([
      expect.objectContaining({
        level: 'error',
        endpoint: 'sign-in',
        error: expect.objectContaining({
          name: 'UnavailableError',
          message: expect.stringContaining('store is unavailable'),
          causes: [{ name: 'RangeError' }],
        }),
      }),
    ]);
  });

  it.each([undefined, null, 'hunter2', { message: 'hunter2' }])(
    'LOG-1 tells nothing of %j, which is no error',
    (thrown) => {
      expect(failedWith(thrown)).toEqual({ name: 'something that is not an Error' });
    },
  );

  it('LOG-1 comes to an end with an error that is its own cause', () => {
    const error = new Error('a');
    error.cause = error;
    expect(failedWith(error).causes).toHaveLength(3);
  });

  it('tells how much each line matters', () => {
    const { entries } = logged(
      { type: 'refreshed', at: AT, sid: 's', userId: 'u', generation: 2 },
      { type: 'request-refused', at: AT, endpoint: 'sign-in', reason: 'origin' },
      { type: 'refresh-reused', at: AT, sid: 's', userId: 'u', generation: 1, reason: 'spent' },
      { type: 'failed', at: AT, endpoint: 'the report page', error: new Error('a') },
    );
    expect(entries.map(({ level }) => level)).toEqual(['info', 'warn', 'error', 'error']);
  });

  it('LOG-3 is a listener whose failures stay with it', async () => {
    const onEvent = createLogger({
      write: () => {
        throw new Error('disk full');
      },
    });
    const page = createFixture({ onEvent }).browser();
    await page.signIn();
    expect((await page.refresh()).status).toBe(200);
  });

  it('writes to the console where it is told nothing else', () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => undefined);
    createLogger()({ type: 'signed-out', at: AT, sid: 's1', userId: '%s' });
    expect(info.mock.calls).toEqual([[expect.stringContaining('"signed-out"')]]);
    info.mockRestore();
  });

  it('takes nothing but a function to write with', () => {
    expect(() => createLogger({ write: 'console' as never })).toThrow('`write`');
  });
});
