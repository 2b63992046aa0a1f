import type { Picture } from '../activity/activity.ts';
import type { OtherTab } from './other-tabs.ts';

/**
 * The life of this tab's token. One that came from another tab may have been spent in part: it was obtained when another tab says.
 */
export const tokenLife = ({ token }: Pick<Picture, 'token'>, tabs: readonly OtherTab[]): Picture['token'] => {
  if (token?.isFromOtherTab !== true) return token;
  const { obtainedAt: receivedAt, lifetimeMs } = token;
  const since = tabs
    .filter((tab) => !tab.isClosed && tab.token?.lifetimeMs === lifetimeMs)
    .map((tab) => tab.token?.obtainedAt ?? receivedAt)
    .filter((at) => at <= receivedAt && receivedAt - at < (lifetimeMs ?? 0));
  return { obtainedAt: since.length > 0 ? Math.max(...since) : receivedAt, lifetimeMs };
};
