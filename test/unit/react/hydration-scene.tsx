import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { AuthProvider, useSession } from '../../../src/react/index.ts';
import { createShownClient } from './shown-client.ts';

const Content = () => <em>content</em>;

/** A layout that reads the session, and holds what is hydrated later than itself. */
const Layout = ({ Slow }: { readonly Slow: ComponentType }): ReactNode => {
  const { status } = useSession();
  return (
    <main>
      <b>{status}</b>{' '}
      <Suspense fallback="fallback">
        <Slow />
      </Suspense>
    </main>
  );
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** The session's first change comes when the markup of a server is shown, and its content not hydrated yet. */
export const hydrateSlowly = async () => {
  const root = document.createElement('div');
  document.body.append(root);
  root.innerHTML = renderToString(
    <AuthProvider client={createShownClient().client}>
      <Layout Slow={Content} />
    </AuthProvider>,
  );
  let load = () => {};
  const loaded = new Promise<{ default: ComponentType }>((resolve) => {
    load = () => resolve({ default: Content });
  });
  const Slow = lazy(() => loaded);
  const { client, become, listeners } = createShownClient();
  const mended: string[] = [];
  const shown: (string | null)[] = [];
  /** Notes what is shown once something holds, or when it is clear that it does not. */
  const noteWhen = async (holds: () => boolean) => {
    for (let turn = 0; turn < 100 && !holds(); turn++) await pause();
    shown.push(root.textContent);
  };
  const isShown = (status: string) => () => root.textContent === `${status} content`;
  const hydrated = hydrateRoot(
    root,
    <AuthProvider client={client}>
      <Layout Slow={Slow} />
    </AuthProvider>,
    { onRecoverableError: (error) => void mended.push(String(error)) },
  );
  // React listens when it has hydrated the layout.
  await noteWhen(() => listeners() > 0);
  const content = root.querySelector('em');
  become({ status: 'authenticated', claims: {} });
  await pause();
  await noteWhen(() => true);
  load();
  await noteWhen(isShown('authenticated'));
  become({ status: 'unauthenticated', reason: 'signed-out' });
  await noteWhen(isShown('unauthenticated'));
  const isSame = content !== null && content === root.querySelector('em');
  hydrated.unmount();
  return { shown, mended, isSame };
};
