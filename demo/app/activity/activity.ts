import type { AuthClient, AuthEvent } from 'silent-refresh';
import { type MarkKind, markOf, meanings } from './marks.ts';
import { textOf } from './words.ts';

/** Something that happened, or several of a kind at nearly the same time. Instants are epoch ms. */
export interface Mark {
  readonly id: number;
  readonly kind: MarkKind;
  /** What exactly it was. */
  readonly text: string;
  readonly at: number;
  readonly count: number;
  /** When it began, for what takes time. */
  readonly startedAt: number;
}

/** A line of the log. */
interface Entry {
  readonly id: number;
  readonly at: number;
  readonly text: string;
  readonly count: number;
}

export interface Picture {
  readonly marks: readonly Mark[];
  readonly entries: readonly Entry[];
  /** The life of the access token held, if any: never the token. One that came from another tab is older than `obtainedAt` says. */
  readonly token?:
    | { readonly obtainedAt: number; readonly lifetimeMs: number | undefined; readonly isFromOtherTab?: boolean }
    | undefined;
  readonly refreshStartedAt?: number | undefined;
}

/** How far back the picture goes. */
export const windowMs = 60_000;
const mergeMs = 900;
const maxEntries = 40;

/** After these no refresh is under way that could still count. */
const endsRefresh: ReadonlySet<AuthEvent['type']> = new Set([
  'refreshed',
  'received-from-tab',
  'refresh-failed',
  'session-ended',
  'signed-in',
]);

/** Collects what happens, from the client's events and from the calls that report here. */
export const createActivity = (client: Pick<AuthClient, 'onEvent'>) => {
  let picture: Picture = { marks: [], entries: [] };
  let ids = 0;
  let isTelling = false;
  const listeners = new Set<() => void>();

  const show = (change: Partial<Picture>) => {
    picture = { ...picture, ...change };
    // Two hundred calls at once are one change to look at.
    if (isTelling) return;
    isTelling = true;
    setTimeout(() => {
      isTelling = false;
      for (const listener of listeners) listener();
    }, 50);
  };

  const mark = (kind: MarkKind, text = meanings[kind], startedAt?: number) => {
    const at = Date.now();
    const kept = picture.marks.filter((one) => at - one.at < windowMs);
    const last = kept.findLast((one) => one.kind === kind && one.text === text);
    const isNear = last !== undefined && startedAt === undefined && at - last.at < mergeMs;
    const marks = isNear
      ? kept.map((one) => (one === last ? { ...one, count: one.count + 1 } : one))
      : [...kept, { id: ids++, kind, text, at, count: 1, startedAt: startedAt ?? at }];
    show({ marks });
  };

  const note = (text: string) => {
    const at = Date.now();
    const [last, ...older] = picture.entries;
    const entries =
      last?.text === text
        ? [{ ...last, at, count: last.count + 1 }, ...older]
        : [{ id: ids++, at, text, count: 1 }, ...picture.entries].slice(0, maxEntries);
    show({ entries });
  };

  client.onEvent((event) => {
    const { refreshStartedAt } = picture;
    const kind = markOf(event);
    const text = textOf(event);
    if (kind !== undefined) mark(kind, text, kind.startsWith('refresh') ? refreshStartedAt : undefined);
    if (text !== undefined) note(text);
    if (event.type === 'refresh-started') show({ refreshStartedAt: Date.now() });
    if (endsRefresh.has(event.type)) show({ refreshStartedAt: undefined });
    if (event.type === 'session-ended') show({ token: undefined });
    if (event.type === 'received-from-tab') {
      show({ token: { obtainedAt: Date.now(), lifetimeMs: event.lifetimeMs, isFromOtherTab: true } });
    }
    if (event.type === 'signed-in' || event.type === 'refreshed') {
      // As the client counts: from when the token was asked for, so a slow answer brings a token that is partly spent.
      show({ token: { obtainedAt: refreshStartedAt ?? Date.now(), lifetimeMs: event.lifetimeMs } });
    }
  });

  return {
    mark,
    note,
    picture: () => picture,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
