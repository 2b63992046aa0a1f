import { useSyncExternalStore } from 'react';
import { auth } from '../session/auth.ts';
import { createActivity, type Picture } from './activity.ts';

// Listens before the client starts, so that nothing is missed.
export const activity = createActivity(auth);

export const useActivity = (): Picture => useSyncExternalStore(activity.subscribe, activity.picture);
