import type { ReactNode } from 'react';
import type { MarkKind } from './activity.ts';

/** Marks differ in shape, not in colour alone. */
const shapes: Record<MarkKind, ReactNode> = {
  'call-ok': <circle cx="8" cy="8" r="3.5" />,
  'call-replayed': <circle cx="8" cy="8" r="4.5" fill="none" strokeWidth="2.5" />,
  'call-failed': <path d="M3.5 3.5l9 9m0-9l-9 9" fill="none" strokeWidth="2.5" strokeLinecap="round" />,
  'refresh-ok': <path d="M8 1.5L14.5 8 8 14.5 1.5 8z" />,
  'refresh-failed': <path d="M8 2.5L13.5 8 8 13.5 2.5 8z" fill="none" strokeWidth="2" />,
  'signed-in': <path d="M3.5 2.5v11L13 8z" />,
  'session-ended': <rect x="3" y="3" width="10" height="10" rx="1" />,
};

export const Glyph = ({ kind }: { readonly kind: MarkKind }): ReactNode => (
  <svg className={`glyph ${kind}`} viewBox="0 0 16 16" aria-hidden="true">
    {shapes[kind]}
  </svg>
);
