import type { AuthRequestInit } from 'silent-refresh';
import { call } from '../calls/call.ts';

interface Note {
  readonly id: number;
  readonly text: string;
}

/** The notes of whoever is signed in: a cache such as any app has, and clears when its user leaves. */
const createNotes = () => {
  let notes: readonly Note[] | undefined;
  let user = 0;
  const listeners = new Set<() => void>();

  const set = (next: readonly Note[] | undefined) => {
    notes = next;
    for (const listener of listeners) listener();
  };

  return {
    current: () => notes,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => {
      user++;
      set(undefined);
    },
    /** Never rejects: the timeline has the failure, and the next load is near. */
    load: async (init?: AuthRequestInit) => {
      const before = user;
      try {
        const response = await call('/api/notes', init);
        if (!response.ok) return;
        const { notes: found } = (await response.json()) as { notes: readonly Note[] };
        // An answer for a user who has left meanwhile is nobody's.
        if (before === user && JSON.stringify(found) !== JSON.stringify(notes)) set(found);
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
