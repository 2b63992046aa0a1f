import { decideRefresh } from '../../../src/server/rotation/decide-refresh.ts';
import { decideUse } from '../../../src/server/rotation/decide-use.ts';
import { endRecord, type SessionRecord, startSession } from '../../../src/server/rotation/session-record.ts';
import { DAY, MINUTE, SECOND } from '../server/fixture.ts';
import type { Network } from './fake-network.ts';
import type { Tolerance } from './model-scenario.ts';

const strict = {
  idleTimeoutMs: 14 * DAY,
  absoluteTimeoutMs: 90 * DAY,
  shortSession: { idleTimeoutMs: DAY },
  graceMs: 0,
  retryWindowMs: 0,
  recoveryMs: 0,
  maxReplaysInARow: 5,
};

const policies: Readonly<Record<Tolerance, typeof strict>> = {
  keys: { ...strict, retryWindowMs: MINUTE },
  grace: { ...strict, graceMs: 10 * SECOND },
  neither: strict,
};

const lifetimeS = 300;

export interface StrictOptions {
  readonly now: () => number;
  /** Whether answers name the session. */
  readonly namesSession?: boolean;
  readonly tolerance?: Tolerance;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * An auth server with the real rules of rotation at their strictest (no recovery, and no grace but where it is asked for), an API, and the cookie of one
 * browser; without the cryptography, so that thousands of runs are a matter of seconds. A refresh token is `sid.generation`.
 */
export const createStrictServer = ({ now, namesSession = true, tolerance = 'keys' }: StrictOptions) => {
  const policy = policies[tolerance];
  const families = new Map<string, SessionRecord>();
  /** When a generation of a session was replaced by the next one. */
  const replacedAt = new Map<string, number>();
  let cookie: string | undefined;
  let opened = 0;
  const server = {
    /** Refreshes that were answered with tokens, and with what generation. */
    refreshes: [] as number[],
    asked: 0,
    inFlight: 0,
    peak: 0,
    reused: 0,
    /** Of these, those that brought what had been replaced within the grace. */
    reusedWithinGrace: 0,
    /** Sessions that the user has asked to end. */
    signedOut: new Set<string>(),
    calls: [] as { readonly at: number; readonly sid: string; readonly user: string | undefined }[],
    cookie: () => cookie,
    family: (sid = cookie?.split('.')[0]) => families.get(sid ?? ''),
    /** The browser gets the cookie of a new session. */
    enter: (userId: string): SessionRecord => {
      const family = startSession(`s${++opened}`, userId, now(), policy);
      families.set(family.sid, family);
      cookie = `${family.sid}.1`;
      return family;
    },
    /** All that its later answers depend on. */
    state: () => JSON.stringify([cookie, [...families.values()], server.inFlight]),
  };

  const tokens = ({ sid, userId, generation }: SessionRecord): Response =>
    Response.json({
      access_token: `e30.${encoded({ sub: userId })}.${sid}_${generation}_${now()}`,
      expires_in: lifetimeS,
      ...(namesSession && { sid, seq: generation }),
      user: { id: userId },
    });

  const refresh = (presented: string | undefined, key: string | null) => {
    const [sid = '', generation] = presented?.split('.') ?? [];
    const family = families.get(sid);
    if (family === undefined) return { response: new Response(null, { status: 204 }) };
    const decision = decideRefresh(
      family,
      { generation: Number(generation), ...(key !== null && { keyHash: key }) },
      now(),
      policy,
    );
    if ('session' in decision) families.set(sid, decision.session);
    if (decision.action === 'duplicate') return { response: Response.json({}, { status: 409 }) };
    if (decision.action === 'reuse') {
      server.reused++;
      if (now() - (replacedAt.get(presented ?? '') ?? 0) < policy.graceMs) server.reusedWithinGrace++;
    }
    if (!('session' in decision) || decision.action === 'reuse') {
      const reason = 'reason' in decision ? decision.reason : 'reused';
      return { response: Response.json({ error: 'invalid_grant', reason }, { status: 401 }) };
    }
    server.refreshes.push(decision.session.generation);
    const replaced = `${sid}.${decision.session.generation - 1}`;
    if (!replacedAt.has(replaced)) replacedAt.set(replaced, now());
    return { response: tokens(decision.session), sets: `${sid}.${decision.session.generation}` };
  };

  const signOut = (presented: string | undefined, body: string) => {
    const sid = body === '' ? presented?.split('.')[0] : (JSON.parse(body) as { sid: string }).sid;
    const family = families.get(sid ?? '');
    const isCookies = sid === presented?.split('.')[0];
    if (family !== undefined && isCookies) {
      server.signedOut.add(family.sid);
      if (family.state === 'active') families.set(family.sid, endRecord(family, 'revoked'));
    }
    return { response: new Response(null, { status: 204 }), ...(isCookies && { sets: '' }) };
  };

  const api = (token: string | undefined) => {
    const [sid = '', generation, at] = token?.split('.')[2]?.split('_') ?? [];
    const family = families.get(sid);
    const user = family?.userId;
    server.calls.push({ at: now(), sid, user });
    const decision = family && decideUse(family, Number(generation), now());
    if (decision !== undefined && 'session' in decision) families.set(sid, decision.session);
    if (decision?.action === 'reuse') server.reused++;
    const isGood = decision?.action === 'accept' && now() < Number(at) + lifetimeS * 1000;
    return isGood
      ? { response: Response.json({ user }) }
      : {
          response: new Response(null, {
            status: 401,
            headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
          }),
        };
  };

  const network: Network = {
    send: (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input), 'https://app.example/');
      const presented = cookie;
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
      const answer = (): { response: Response; sets?: string } => {
        if (pathname === '/auth/refresh') return refresh(presented, headers.get('Idempotency-Key'));
        if (pathname === '/auth/logout') return signOut(presented, String(init?.body ?? ''));
        if (pathname !== '/auth/login') return api(/^Bearer (.+)$/.exec(headers.get('Authorization') ?? '')?.[1]);
        const { user } = JSON.parse(String(init?.body)) as { user: string };
        const family = server.enter(user);
        cookie = presented;
        return { response: tokens(family), sets: `${family.sid}.1` };
      };
      const isRefresh = pathname === '/auth/refresh';
      if (isRefresh) server.asked++;
      if (isRefresh) server.peak = Math.max(server.peak, ++server.inFlight);
      const over = () => {
        if (isRefresh) server.inFlight--;
      };
      return {
        brings: `${presented} ${headers.get('Idempotency-Key')}`,
        lost: over,
        reach: async () => {
          const { response, sets } = answer();
          const land = () => {
            over();
            if (sets !== undefined) cookie = sets === '' ? undefined : sets;
          };
          return { response, brings: `${response.status} ${sets}`, land };
        },
      };
    },
  };
  return Object.assign(server, { network });
};
