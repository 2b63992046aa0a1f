import type { Mark, Picture } from '../activity/activity.ts';
import { type MarkKind, meanings } from '../activity/marks.ts';

/** What a tab says of itself: its name, and what its session has lived through. Never a token. */
export interface TabState extends Pick<Picture, 'marks' | 'token' | 'refreshStartedAt'> {
  readonly id: string;
  readonly name: string;
  /** Since when it goes by that name: epoch ms. */
  readonly namedAt: number;
}

/** What the tabs of the demo tell each other, on a channel of their own. */
export type TabMessage =
  /** Who is there? */
  | { readonly type: 'ask' }
  | { readonly type: 'state'; readonly tab: TabState }
  | { readonly type: 'gone'; readonly id: string };

/** Reads a message; `undefined` for anything else, such as that of another version of the demo. */
export const parseTabMessage = (data: unknown): TabMessage | undefined => {
  const { type, id, tab } = fieldsOf(data);
  if (type === 'ask') return { type };
  if (type === 'gone') return typeof id === 'string' ? { type, id } : undefined;
  const state = type === 'state' ? parseState(tab) : undefined;
  return state && { type: 'state', tab: state };
};

const parseState = (data: unknown): TabState | undefined => {
  const { id, name, namedAt, marks, token, refreshStartedAt } = fieldsOf(data);
  if (typeof id !== 'string' || typeof name !== 'string' || !isNumber(namedAt) || !Array.isArray(marks))
    return undefined;
  return {
    id,
    name,
    namedAt,
    marks: marks.filter(isMark),
    token: parseToken(token),
    refreshStartedAt: isNumber(refreshStartedAt) ? refreshStartedAt : undefined,
  };
};

const parseToken = (data: unknown): Picture['token'] => {
  const { obtainedAt, lifetimeMs } = fieldsOf(data);
  return isNumber(obtainedAt) ? { obtainedAt, lifetimeMs: isNumber(lifetimeMs) ? lifetimeMs : undefined } : undefined;
};

const isMark = (data: unknown): data is Mark => {
  const { id, kind, text, at, count, startedAt } = fieldsOf(data);
  return isKind(kind) && typeof text === 'string' && [id, at, count, startedAt].every(isNumber);
};

const isKind = (value: unknown): value is MarkKind => typeof value === 'string' && Object.hasOwn(meanings, value);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const fieldsOf = (data: unknown): Record<string, unknown> => Object(data) as Record<string, unknown>;
