'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect } from 'react';
import { useSession } from 'silent-refresh/react';

/**
 * Shows what the server has rendered for a user to that user alone, and has it rendered again for anybody else: after a
 * sign-in, a change of user in any tab, and where the server could not tell who it was.
 */
export function RenderedFor({ userId, children }: { userId: string | undefined; children: ReactNode }) {
  const router = useRouter();
  const sub = useSession((session) => session.claims?.sub);
  useEffect(() => {
    if (sub !== userId) router.refresh();
  }, [sub, userId, router]);
  return sub === userId ? children : <p>One moment…</p>;
}
