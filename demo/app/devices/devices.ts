import { call, callFault } from '../calls/call.ts';

export interface Device {
  readonly sid: string;
  readonly device: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly isThisOne: boolean;
}

/** Where the user is signed in, as the server has said last. */
const createDevices = () => {
  let devices: readonly Device[] | undefined;
  let user = 0;
  const listeners = new Set<() => void>();

  const set = (next: readonly Device[] | undefined) => {
    devices = next;
    for (const listener of listeners) listener();
  };

  /** What is wrong, if anything is. */
  const ask = async (path: string, init?: RequestInit): Promise<string | undefined> => {
    const before = user;
    try {
      const response = await call(`/api/devices${path}`, init);
      if (!response.ok) return `The server answered ${response.status}.`;
      // An answer for a user who has left meanwhile is nobody's.
      if (response.status === 200 && before === user) set(((await response.json()) as { devices: Device[] }).devices);
      return undefined;
    } catch (failure) {
      return `Not done: ${callFault(failure)}.`;
    }
  };

  const load = () => ask('');
  const change = async (path: string) => (await ask(path, { method: 'POST' })) ?? (await load());

  return {
    current: () => devices,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => {
      user++;
      set(undefined);
    },
    load,
    end: (sid: string) => change(`/${sid}/end`),
    endOthers: () => change('/end-others'),
  };
};

export const devices = createDevices();
