import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flush } from '../fake-platform.ts';
import { type Answer, type Asked, networkError, status } from './fake-server.ts';
import { type Action, action, refreshing } from './random-actions.ts';
import { createWorld, credentials } from './world.ts';

const timeoutMs = 10_000;
const ceilingMs = 60_000;

interface Call {
  readonly madeAt: number;
  /** Who was signed in when it was made; `undefined` while that was not known. */
  readonly by: string | undefined;
  readonly entries: number;
  readonly nobody: boolean;
  readonly sentAt: number[];
  refusedAt: number | undefined;
  settledAt?: number;
  outcome?: string;
}

it('keeps its promises in whatever order things happen', async () => {
  const reached: Record<string, number> = {};
  const note = (what: string) => {
    reached[what] = (reached[what] ?? 0) + 1;
  };

  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 4, maxLength: 24 }),
      fc.array(refreshing, { minLength: 12, maxLength: 12 }),
      fc.constantFrom('ann', undefined),
      fc.boolean(),
      fc.scheduler(),
      async (actions, refreshes, first, stopsEarly, schedule) => {
        const world = createWorld({ audited: false, server: { lifetimeS: 5 } });
        const { client, platform, server } = world;
        const wrong: string[] = [];
        const calls: Call[] = [];
        const aborts: { readonly abort: AbortController; readonly call: Call }[] = [];
        const now = () => platform.clock.now().monotonicAt;
        const refreshesUnderWay = new Set<Asked>();
        /** The request whose answer came last; and that whose token is held, as long as there is no reason to doubt it. */
        let answered: Asked | undefined;
        let held: Asked | undefined;
        let doubts = 0;
        let refreshesWanted = 0;
        const doubtsBefore = new Map<Asked, number>();
        let entries = 0;
        let mayEnter = true;
        /** When a session began that the client has not met: a sign-out, which names its own, leaves it alone. */
        let unmetSince: number | undefined;

        /** Acts at once; the answer comes when the scheduler says so. */
        const slowly =
          (what: string, answer: Answer): Answer =>
          async (asked) => {
            const response = await answer(asked);
            await schedule.schedule(Promise.resolve(), what);
            return response;
          };
        const usual = server.late(0);
        server.always('/auth/login', async (asked) => {
          doubtsBefore.set(asked, doubts);
          const response = await slowly('sign-in answered', usual)(asked);
          answered = asked;
          return response;
        });
        server.always('/auth/logout', slowly('sign-out answered', usual));
        server.always('/auth/refresh', async (asked) => {
          for (const other of refreshesUnderWay) {
            if (now() - other.at < ceilingMs) wrong.push('two refreshes at one time');
          }
          const isSound = refreshesWanted === 0 && held !== undefined && doubtsBefore.get(held) === doubts;
          if (isSound && held !== undefined && now() - held.at < 3500) wrong.push('a refresh was sent for nothing');
          doubtsBefore.set(asked, doubts);
          refreshesUnderWay.add(asked);
          const kind = refreshes.shift() ?? 'well';
          const answers: Record<typeof kind, Answer> = {
            well: usual,
            late: slowly('refresh answered', usual),
            '503': status(503),
            later: status(429, {}, { 'Retry-After': '4' }),
            network: slowly('refresh lost', networkError),
            never: () => new Promise(() => {}),
          };
          try {
            return await answers[kind](asked);
          } finally {
            refreshesUnderWay.delete(asked);
            answered = asked;
          }
        });

        let shown: unknown;
        client.subscribe(() => {
          const { claims } = client.getSession();
          if (claims === undefined) shown = undefined;
          else if (shown !== undefined && shown !== claims.sub) wrong.push('a user was shown right after another');
          else shown = claims.sub;
        });
        client.onEvent(({ type }) => {
          note(type);
          if (type === 'signed-in') entries++;
          if (type === 'signed-in' || type === 'refreshed') {
            held = answered;
            if (unmetSince !== undefined && answered !== undefined && answered.at > unmetSince) unmetSince = undefined;
          }
          if (type === 'session-ended') held = undefined;
        });
        client.onUserLeft((claims) => {
          note('user left');
          if (shown !== undefined && shown !== claims.sub) wrong.push('who left was not who was shown');
        });

        const makeCall = (withSignal: boolean) => {
          const session = client.getSession();
          const call: Call = {
            madeAt: now(),
            by: session.claims?.sub as string | undefined,
            entries,
            nobody: session.status === 'unauthenticated' || session.status === 'relogin-required',
            sentAt: [],
            refusedAt: undefined,
          };
          const path = `/api/${calls.push(call)}`;
          const abort = new AbortController();
          server.always(path, async (asked) => {
            call.sentAt.push(now());
            const owner = server.ownerOf(asked.token);
            const current = client.getSession();
            if (current.status !== 'authenticated' || current.claims.sub !== owner)
              wrong.push('a token of nobody signed in');
            if (call.nobody) wrong.push('a call was sent for nobody');
            if (call.by !== undefined && call.by !== owner) wrong.push('a call was sent in another’s name');
            if (call.by === undefined && call.entries !== entries)
              wrong.push('a call of before was sent for who signed in');
            if (abort.signal.aborted) wrong.push('an aborted call was sent');
            if (call.sentAt.length > 2) wrong.push('a call was sent more than twice');
            const waitedMs = now() - (call.refusedAt ?? call.madeAt);
            if (waitedMs > timeoutMs) wrong.push(`a call waited for ${waitedMs} ms`);
            // From here on it is under way, and waits for nothing of ours.
            call.refusedAt = undefined;
            const response = await slowly('call answered', usual)(asked);
            if (response.status === 401) call.refusedAt = now();
            else call.refusedAt = undefined;
            return response;
          });
          const settle = (outcome: string) => {
            call.settledAt = now();
            call.outcome = outcome;
            note(outcome);
            const waitedMs = now() - (call.refusedAt ?? call.madeAt);
            if ((call.sentAt.length === 0 || call.refusedAt !== undefined) && waitedMs > timeoutMs) {
              wrong.push(`a call settled after ${waitedMs} ms`);
            }
          };
          client.authFetch(path, withSignal ? { signal: abort.signal } : {}).then(
            (response) => settle(`call ${response.status}`),
            (error: Error) => settle(`call ${error.name}`),
          );
          if (withSignal) aborts.push({ abort, call });
        };

        const perform = async (step: Action) => {
          switch (step.do) {
            case 'call':
              return makeCall(step.signal);
            case 'abort': {
              const { abort, call } = aborts[step.nth] ?? {};
              if (call !== undefined && call.settledAt === undefined) note('abort of a call under way');
              abort?.abort();
              await flush();
              if (call !== undefined && call.settledAt === undefined) wrong.push('an aborted call went on');
              return;
            }
            case 'sign-in':
              if (step.fails) server.next('/auth/login', slowly('sign-in refused', status(401)));
              if (refreshesUnderWay.size > 0) note('sign-in during a refresh');
              mayEnter = true;
              client.signIn(credentials(step.user)).catch(() => {});
              return;
            case 'sign-out':
              if (refreshesUnderWay.size > 0) note('sign-out during a refresh');
              void client.signOut();
              mayEnter = unmetSince !== undefined;
              if (client.getSession().status !== 'unauthenticated')
                wrong.push('somebody was signed in after a sign-out');
              return;
            case 'refresh':
              doubts++;
              refreshesWanted++;
              client
                .refresh()
                .catch(() => {})
                .finally(() => refreshesWanted--);
              return;
            case 'revoke':
              doubts++;
              return server.revokeTokens();
            case 'end':
              doubts++;
              mayEnter ||= step.user !== null;
              unmetSince = step.user === null ? undefined : now();
              if (step.user === null) server.end('revoked');
              else server.enter(step.user);
              return;
            case 'pass':
              return platform.advance(step.ms);
            default:
              return platform.happen(step.do);
          }
        };

        if (first !== undefined) server.enter(first);
        const stop = client.start();
        await flush();
        const { task } = schedule.scheduleSequence(
          actions.map((step) => ({
            label: JSON.stringify(step),
            builder: async () => {
              await perform(step);
              await flush();
              if (!mayEnter && client.getSession().claims !== undefined)
                wrong.push('a session came back after a sign-out');
            },
          })),
        );
        await schedule.waitFor(task);

        if (stopsEarly) stop();
        while (schedule.count() > 0 || calls.some(({ settledAt }) => settledAt === undefined)) {
          while (schedule.count() > 0) {
            await schedule.waitOne();
            await flush();
          }
          const before = now();
          await platform.advance(timeoutMs);
          if (before > 10 * ceilingMs) break;
        }
        stop();
        await platform.advance(ceilingMs + timeoutMs);

        if (calls.some(({ settledAt }) => settledAt === undefined)) wrong.push('a call never settled');
        if (!stopsEarly && calls.some(({ outcome }) => outcome === 'call TypeError'))
          wrong.push('a call was told of `start()`');
        if (platform.timers() - server.timers() > 0) wrong.push('a timer was left');
        if (platform.listeners() > 0) wrong.push('a listener was left');
        if (platform.reported.length > 0) wrong.push(`reported: ${platform.reported.join()}`);
        if (world.leaks().length > 0) wrong.push('a secret could be read');
        if (calls.some(({ sentAt }) => sentAt.length === 2)) note('replay');
        expect(wrong).toEqual([]);
      },
    ),
    { numRuns: 800 },
  );

  // A property that has stopped reaching what it is about proves nothing.
  const floors = {
    'call 200': 200,
    'call 401': 2,
    'call UnauthenticatedError': 200,
    'call UserChangedError': 50,
    'call RefreshUnavailableError': 100,
    'call AbortError': 10,
    'sign-in during a refresh': 100,
    'sign-out during a refresh': 8,
    'user left': 40,
    replay: 10,
    'refresh-failed': 200,
    'session-ended': 100,
  };
  for (const [what, floor] of Object.entries(floors)) expect(reached[what] ?? 0, what).toBeGreaterThanOrEqual(floor);
}, 30_000);
