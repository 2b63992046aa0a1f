import type { ReactNode } from 'react';
import type { MarkKind } from './marks.ts';

/** Marks differ in shape, not in colour alone. */
const shapes: Record<MarkKind, ReactNode> = {
  'call-ok': <circle cx="8" cy="8" r="3.5" />,
  'call-replayed': <circle cx="8" cy="8" r="4.5" fill="none" strokeWidth="2.5" />,
  'call-failed': <path d="M3.5 3.5l9 9m0-9l-9 9" fill="none" strokeWidth="2.5" strokeLinecap="round" />,
  'call-held': <path d="M3.5 3h3v10h-3zM9.5 3h3v10h-3z" />,
  'held-sent': <path d="M2 8h10M8 3.5L12.5 8 8 12.5" fill="none" strokeWidth="2.5" strokeLinecap="round" />,
  'held-given-up': <path d="M3.5 3.5v9m9-9v9M2 14.5l12-13" fill="none" strokeWidth="2.2" strokeLinecap="round" />,
  'refresh-ok': <path d="M8 1.5L14.5 8 8 14.5 1.5 8z" />,
  'refresh-failed': <path d="M8 2.5L13.5 8 8 13.5 2.5 8z" fill="none" strokeWidth="2" />,
  received: <path d="M8 1.5V10M4 6.5L8 10.5 12 6.5M2.5 14h11" fill="none" strokeWidth="2.2" strokeLinecap="round" />,
  'signed-in': <path d="M3.5 2.5v11L13 8z" />,
  'session-ended': <rect x="3" y="3" width="10" height="10" rx="1" />,
  'signed-out-elsewhere': (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" rx="1" fill="none" strokeWidth="2" />
      <rect x="6" y="6" width="4" height="4" />
    </>
  ),
  'user-changed': <path d="M8 1.5a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM1.5 14.5a6.5 5.4 0 0 1 13 0z" />,
  'sign-out-unconfirmed': (
    <rect x="3.5" y="3.5" width="9" height="9" rx="1" fill="none" strokeWidth="2" strokeDasharray="3 2" />
  ),
};

export const Glyph = ({ kind }: { readonly kind: MarkKind }): ReactNode => (
  <svg className={`glyph ${kind}`} viewBox="0 0 16 16" aria-hidden="true">
    {shapes[kind]}
  </svg>
);
