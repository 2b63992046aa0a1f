import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import type { Session } from '../../../src/index.ts';
import { AuthProvider, SignedIn, useSession } from '../../../src/react/index.ts';
import { createShownClient } from './shown-client.ts';

/** A session from its first answer to its end, in a page: what was shown, and what the app was told. */
export const liveThroughSession = async () => {
  const root = document.createElement('div');
  document.body.append(root);
  const { client, become, replaceBy, listeners } = createShownClient();
  const told: string[] = [];
  const shown: (string | null)[] = [];
  let renders = 0;
  let mounts = 0;

  const Account = () => {
    const name = useSession((session) => (session.claims as { sub?: string } | undefined)?.sub);
    useEffect(() => {
      mounts += 1;
    }, []);
    renders += 1;
    return <b>{name}</b>;
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
  const show = async (change: () => void) => {
    change();
    await pause();
    shown.push(root.textContent);
  };
  const signedIn = (sub: string): Session<unknown> => ({ status: 'authenticated', claims: { sub } });

  const mounted = createRoot(root);
  await show(() =>
    mounted.render(
      <StrictMode>
        <AuthProvider
          client={client}
          onReloginRequired={({ reason }) => told.push(reason)}
          onUserLeft={(claims) => told.push(`left ${(claims as { sub?: string } | undefined)?.sub}`)}
        >
          <SignedIn loading="loading" fallback="nobody">
            <Account />
          </SignedIn>
        </AuthProvider>
      </StrictMode>,
    ),
  );
  await show(() => become(signedIn('ada')));
  const rendersBefore = renders;
  await show(() => become(signedIn('ada')));
  const rendersOfRefresh = renders - rendersBefore;
  await show(() => become({ status: 'relogin-required', claims: { sub: 'ada' }, reason: 'expired', heldCalls: 0 }));
  await show(() => become(signedIn('ada')));
  const mountsOfAda = mounts;
  await show(() => replaceBy(signedIn('bob')));
  await show(() => become({ status: 'unauthenticated', reason: 'signed-out' }));
  const hasRemounted = mounts > mountsOfAda;
  mounted.unmount();
  await pause();
  return { shown, told, rendersOfRefresh, hasRemounted, listeners: listeners() };
};

/** What has to come of it, whichever React it is. */
export const livedThrough = {
  shown: ['loading', 'ada', 'ada', 'ada', 'ada', 'bob', 'nobody'],
  told: ['expired', 'left ada'],
  rendersOfRefresh: 0,
  hasRemounted: true,
  // It counts who has left for as long as there is the client.
  listeners: 1,
};
