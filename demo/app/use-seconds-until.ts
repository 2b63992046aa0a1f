import { useNow } from './use-now.ts';

/** Whole seconds until an instant (epoch ms), counting down to 0. */
export const useSecondsUntil = (at: number | undefined): number => {
  const now = useNow(250);
  return at === undefined ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
};
