import { createAuthRequest } from '../auth-server/auth-request.ts';
import { createRefresh } from '../auth-server/refresh.ts';
import type { Platform } from '../platform/platform.ts';
import { withTimeout } from '../platform/with-timeout.ts';
import { createOwnFetch } from '../requests/own-fetch.ts';
import type { State } from '../session/state.ts';
import { createPageLifecycle } from '../tabs/page-lifecycle.ts';
import { createIdempotencyKeys } from '../tabs/record/idempotency-key.ts';
import { createSessionTracker } from '../tabs/record/session-tracker.ts';
import { createRecord } from '../tabs/record/shared-session.ts';
import { sessionNaming } from './session-name.ts';
import { createSessionStore } from './session-store.ts';
import type { Settings } from './settings.ts';
import { createSignOut } from './sign-out.ts';
import { createTabs } from './tabs.ts';

/**
 * The parts of a client that keep one session. Each is made of those above it. Two of them act on what is
 * made later, and are connected to it at the end: the store runs effects, and the page's life is followed by
 * tabs and sign-outs.
 */
export function createCore<Claims>(settings: Settings<Claims>, platform: Platform, first?: State<Claims>) {
  const { endpoints, policy } = settings;
  const { clock, page, report, uuid } = platform;
  const patiently = (work: Promise<unknown>) => withTimeout(clock, work, 1000);

  const ownFetch = createOwnFetch(platform, settings.fetch);
  const sendAuthRequest = createAuthRequest(
    { clock, page, report, fetch: ownFetch.authRequest },
    settings.headers,
    settings.csrf,
  );

  const sessionName = sessionNaming(settings.sessionName, endpoints.refresh, page);
  const record = createRecord(platform.storage, sessionName);
  const tracker = createSessionTracker(record, uuid);
  const keys = createIdempotencyKeys(record.pendingKey, uuid);

  const store = createSessionStore<Claims>(platform, policy, settings.hold, first);
  const { dispatch, state } = store;
  const lifecycle = createPageLifecycle({ page, tracker, patiently, dispatch });
  const { compare, isStarted } = lifecycle;
  const tabs = createTabs({ platform, settings, tracker, leftAlone: record.leftAlone, sessionName, store, compare });
  const signOut = createSignOut({
    platform,
    sendAuthRequest,
    endpoint: endpoints.signOut,
    enqueue: tabs.enqueue,
    entry: record.signOut,
    tracker,
    keys,
    store,
    timeoutMs: policy.refreshTimeoutMs,
    isStarted,
    compare,
  });
  const refresh = createRefresh<Claims>({
    platform,
    endpoint: endpoints.refresh,
    sendAuthRequest,
    ...tabs,
    enqueue: tabs.enqueueRefresh,
    sending: ({ attempt }) => dispatch({ type: 'refresh-sent', attempt }),
    reading: settings,
    classify: settings.classifyRefresh,
    keys,
    state,
    done: (event) => {
      compare('refresh');
      signOut.receive(event);
    },
  });

  lifecycle.connect({ otherTabs: tabs.otherTabs, signOut });
  store.connect({
    refresh,
    presumedLost: tabs.giveWay,
    record: (session, isSignedIn) => {
      if (session === 'new' && isSignedIn) signOut.forget();
      tabs.record(session, isSignedIn);
    },
  });
  return { sessionName, record, ownFetch, sendAuthRequest, keys, store, lifecycle, tabs, signOut, patiently };
}

export type ClientCore<Claims> = ReturnType<typeof createCore<Claims>>;
