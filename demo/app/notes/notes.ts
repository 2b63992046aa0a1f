import type { AuthRequestInit } from 'silent-refresh';
import { call } from '../calls/call.ts';
import { createUserCache } from '../user-cache.ts';

interface Note {
  readonly id: number;
  readonly text: string;
}

/** The notes of whoever is signed in: a cache such as any app has, and clears when its user leaves. */
const createNotes = () => {
  const { current, subscribe, clear, set, sameUser } = createUserCache<readonly Note[]>();

  return {
    current,
    subscribe,
    clear,
    /** Never rejects: the timeline has the failure, and the next load is near. */
    load: async (init?: AuthRequestInit) => {
      const isStillHere = sameUser();
      try {
        const response = await call('/api/notes', init);
        if (!response.ok) return;
        const { notes: found } = (await response.json()) as { notes: readonly Note[] };
        if (isStillHere() && JSON.stringify(found) !== JSON.stringify(current())) set(found);
      } catch {
        return;
      }
    },
    /** Adds a note, or says what is wrong with it. */
    add: async (form: FormData): Promise<string | undefined> => {
      const response = await call('/api/notes', { method: 'POST', body: form });
      if (response.status === 422) {
        const { fields } = (await response.json()) as { fields: { text: string } };
        return fields.text;
      }
      return response.ok ? undefined : `The server answered ${response.status}.`;
    },
  };
};

export const notes = createNotes();
