import { call, callFault } from '../calls/call.ts';
import { createUserCache } from '../user-cache.ts';

export interface Device {
  readonly sid: string;
  readonly device: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly isThisOne: boolean;
}

/** Where the user is signed in, as the server has said last. */
const createDevices = () => {
  const { current, subscribe, clear, set, sameUser } = createUserCache<readonly Device[]>();

  /** What is wrong, if anything is. */
  const ask = async (path: string, init?: RequestInit): Promise<string | undefined> => {
    const isStillHere = sameUser();
    try {
      const response = await call(`/api/devices${path}`, init);
      if (!response.ok) return `The server answered ${response.status}.`;
      if (response.status !== 200) return undefined;
      const { devices: found } = (await response.json()) as { devices: readonly Device[] };
      if (isStillHere()) set(found);
      return undefined;
    } catch (failure) {
      return `Not done: ${callFault(failure)}.`;
    }
  };

  const load = () => ask('');
  const change = async (path: string) => (await ask(path, { method: 'POST' })) ?? (await load());

  return {
    current,
    subscribe,
    clear,
    load,
    end: (sid: string) => change(`/${sid}/end`),
    endOthers: () => change('/end-others'),
  };
};

export const devices = createDevices();
