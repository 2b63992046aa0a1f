import type { AuthClient } from '../../../src/client/auth-client.ts';
import type { Run } from './interleavings-run.ts';
import type { Misbehaviour } from './random-actions.ts';
import type { Claims } from './world.ts';

type Where = 'subscribe' | 'onEvent' | 'onUserLeft';

/** Listeners that do what listeners should not, each once. */
export interface BadListeners {
  /** Tells them first, or last: to be called before, and after, those who judge begin to listen. */
  listen(isEarly: boolean): void;
  arm(where: Where, isEarly: boolean, does: Misbehaviour): void;
  /** From now on all behave. */
  calm(): void;
  /** How many of them have thrown. */
  thrown(): number;
}

export const createBadListeners = (
  run: Run,
  client: AuthClient<Claims>,
  perform: (does: Exclude<Misbehaviour, 'throw' | 'leave'>) => void,
): BadListeners => {
  const armed = new Map<string, Misbehaviour[]>();
  const leavers: (() => void)[] = [];
  let thrown = 0;

  const misbehave = (where: Where, isEarly: boolean) => {
    const does = armed.get(`${where} ${isEarly}`)?.shift();
    if (does === undefined) return;
    run.note(`listener: ${does}`);
    if (does === 'leave') {
      for (const leave of leavers.splice(0)) leave();
      return;
    }
    if (does !== 'throw') return perform(does);
    thrown++;
    throw new Error(`listener of ${where}`);
  };

  return {
    listen: (isEarly) => {
      client.subscribe(() => misbehave('subscribe', isEarly));
      client.onUserLeft(() => misbehave('onUserLeft', isEarly));
      client.onEvent(() => misbehave('onEvent', isEarly));
    },
    arm: (where, isEarly, does) => {
      const queue = armed.get(`${where} ${isEarly}`) ?? [];
      armed.set(`${where} ${isEarly}`, [...queue, does]);
      if (does !== 'leave') return;
      let isThere = true;
      leavers.push(
        client[where](() => {
          if (!isThere) run.wrong.push('a listener was told that had left');
        }),
        () => {
          isThere = false;
        },
      );
    },
    calm: () => armed.clear(),
    thrown: () => thrown,
  };
};
