import type { Exchange } from '../exchange.ts';
import type { Observations } from '../observations.ts';
import { ENDPOINTS, isThere } from '../reachability.ts';
import { relationTo, type Target } from '../target.ts';
import { askAsBrowser, askAsForger, askAsNobody } from './nobody.ts';
import { createSend, type Send, type Transport } from './send.ts';
import { askAsUser, type Credentials } from './session.ts';

/** What to ask with. */
export interface Plan {
  readonly target: Target;
  readonly credentials: Credentials | undefined;
  /** The content type of a sign-in. */
  readonly signInType: string;
  /** How long to wait for each answer. */
  readonly timeoutMs: number;
}

/** Makes the requests, one after the other. Never rejects; what was not answered is among what was seen. */
export async function observe(plan: Plan, transport: Transport): Promise<Observations> {
  const { target, credentials, signInType, timeoutMs } = plan;
  const exchanges: Exchange[] = [];
  const seen: Observations = { target, hasCredentials: credentials !== undefined, exchanges };
  const send = createSend(target, timeoutMs, transport);
  const recorded: Send = async (...question) => {
    const exchange = await send(...question);
    exchanges.push(exchange);
    return exchange;
  };
  if (!(await askAsNobody(recorded, signInType))) return seen;
  const foreign = ENDPOINTS.filter((name) => relationTo(target, target.endpoints[name]) !== 'same-origin');
  await askAsBrowser(recorded, foreign);
  const canRefresh = isThere(seen, 'refresh');
  if (credentials !== undefined && isThere(seen, 'sign-in')) await askAsUser(recorded, credentials, canRefresh);
  else if (canRefresh) await askAsForger(recorded);
  return seen;
}
