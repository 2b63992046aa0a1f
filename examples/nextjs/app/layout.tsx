import type { ReactNode } from 'react';
import { currentUser } from '@/lib/current-user';
import { Providers } from './providers';

export const instant = false; // the layout waits for the cookie, so that the first paint shows who is signed in

export default async function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Providers user={await currentUser()}>{children}</Providers>
      </body>
    </html>
  );
}
