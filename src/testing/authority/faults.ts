import type { Clock } from '../../platform/platform.ts';
import { checkDelay } from '../durations.ts';

/** An answer that the auth server does not give itself: an overload, a limit, no answer at all, or a captive portal's page. */
export type FaultyAnswer = 503 | 429 | 'hang' | 'html';

/** What goes wrong with the next requests to the auth server. */
export interface Faults {
  answerNext(answer: FaultyAnswer): void;
  loseNextAnswer(): void;
  delay(ms: number): void;
  /** Carries a request out, or lets go wrong what is to go wrong next. `handle` keeps the cookies of its response if told to. */
  carryOut(handle: (keepsCookies: boolean) => Promise<Response>): Promise<Response>;
}

export function createFaults(clock: Clock): Faults {
  const next: (FaultyAnswer | 'lost')[] = [];
  let delayMs = 0;

  const sleep = (ms: number) => new Promise<void>((resolve) => void clock.setTimer(resolve, ms));

  const answer = async (handle: (keepsCookies: boolean) => Promise<Response>): Promise<Response> => {
    const fault = next.shift();
    if (fault === undefined) return handle(true);
    if (fault !== 'lost') return ANSWERS[fault]();
    await handle(false);
    return Response.error();
  };

  return {
    answerNext: (fault) => {
      if (Object.hasOwn(ANSWERS, fault)) next.push(fault);
      else throw new TypeError(`answerNext() takes one of ${Object.keys(ANSWERS).join(', ')}; it was given ${fault}.`);
    },
    loseNextAnswer: () => void next.push('lost'),
    delay: (ms) => {
      checkDelay('delay', ms);
      delayMs = ms;
    },
    carryOut: async (handle) => {
      const response = await answer(handle);
      if (delayMs > 0) await sleep(delayMs);
      return response;
    },
  };
}

const ANSWERS: Readonly<Record<FaultyAnswer, () => Response | Promise<Response>>> = {
  503: () => Response.json({ error: 'temporarily_unavailable' }, { status: 503 }),
  429: () => Response.json({ error: 'too_many_requests' }, { status: 429, headers: { 'Retry-After': '1' } }),
  hang: () => new Promise<Response>(() => {}),
  html: () =>
    new Response('<!doctype html><title>Sign in to this network</title>', { headers: { 'Content-Type': 'text/html' } }),
};
