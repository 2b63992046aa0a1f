import { useCallback, useLayoutEffect, useRef } from 'react';
import { windowMs } from './activity.ts';

/**
 * Moves elements to the left as time goes by, 100 % in `windowMs`, with the instant `base` at their own left edge. Goes
 * around React: sixty renders a second for one offset would be a waste.
 */
export const useScroll = (base: number | undefined): ((element: HTMLElement | null) => () => void) => {
  const elements = useRef(new Set<HTMLElement>());

  useLayoutEffect(() => {
    if (base === undefined) return;
    const place = () => {
      const offset = `translateX(${100 - ((Date.now() - base) / windowMs) * 100}%)`;
      for (const element of elements.current) element.style.transform = offset;
    };
    place();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      const timer = setInterval(place, 1000);
      return () => clearInterval(timer);
    }
    let frame = requestAnimationFrame(function move() {
      place();
      frame = requestAnimationFrame(move);
    });
    return () => cancelAnimationFrame(frame);
  }, [base]);

  return useCallback((element) => {
    if (element !== null) elements.current.add(element);
    return () => {
      if (element !== null) elements.current.delete(element);
    };
  }, []);
};
