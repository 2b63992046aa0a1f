import type { Platform } from './platform/platform.ts';
import type { Ask, Endpoint } from './refresh/ask.ts';
import { askToSignOut } from './refresh/sign-out.ts';
import type { TakeTurn } from './refresh/turns.ts';
import type { Policy } from './session/state.ts';
import type { Store } from './store.ts';
import type { RecordKeeper } from './tabs/record.ts';

interface SignOutParts<Claims> {
  readonly platform: Platform;
  readonly ask: Ask;
  readonly endpoint: Endpoint;
  readonly takeTurn: TakeTurn;
  readonly record: RecordKeeper;
  readonly store: Store<Claims>;
  readonly policy: Policy;
}

/**
 * Sign-out: here first, then at the server. Until the server has confirmed it, the record keeps it, and this page or the
 * next one finishes it.
 */
export const createSignOut = <Claims>({
  platform,
  ask,
  endpoint,
  takeTurn,
  record,
  store,
  policy,
}: SignOutParts<Claims>) => {
  let count = 0;
  let pending: { readonly sid: string | undefined; readonly confirmed: Promise<boolean> } | undefined;

  /** Finishes the sign-out that the record shows; says whether the server has confirmed it. */
  const finish = (sid = record.read()?.signOut?.sid): Promise<boolean> => {
    if (pending !== undefined && pending.sid === sid) return pending.confirmed;
    const mine = {
      sid,
      confirmed: askToSignOut(platform, ask, endpoint, takeTurn, sid, policy.refreshTimeoutMs).then((confirmed) => {
        if (pending === mine) pending = undefined;
        const entry = record.read()?.signOut;
        if (confirmed && entry !== undefined && entry.sid === sid) record.update({ signOut: undefined });
        store.tell({ type: 'sign-out-finished', confirmed });
        return confirmed;
      }),
    };
    pending = mine;
    return mine.confirmed;
  };

  return {
    finish,
    /** Ends a session that has come about though the user has signed out meanwhile. */
    undo: (sid: string | undefined): Promise<boolean> => {
      pending = undefined;
      record.update({ signOut: sid === undefined ? {} : { sid } });
      return finish(sid);
    },
    /** How many times the user has signed out: what began before the last one is void. */
    count: () => count,
    /** Whether no sign-out is left to be finished; tries to finish one. */
    settled: async (): Promise<boolean> => record.read()?.signOut === undefined || finish(),
    signOut: async (): Promise<{ readonly confirmed: boolean }> => {
      if (platform.page.address() === undefined) return { confirmed: false };
      const sid = store.state().user?.sid ?? record.read()?.signOut?.sid;
      count++;
      record.update({ signOut: sid === undefined ? {} : { sid }, exchange: undefined });
      store.dispatch({ type: 'signed-out' });
      return { confirmed: await finish(sid) };
    },
  };
};
