import { useEffect, useReducer } from 'react';
import { createRoot } from 'react-dom/client';
import { createAuthClient } from '../../../src/index.ts';
import { AuthProvider, useSession } from '../../../src/react/index.ts';

declare global {
  interface Window {
    readonly lab: typeof lab;
  }
}

const mount = (node: React.ReactNode) =>
  createRoot(document.body.appendChild(document.createElement('div'))).render(node);

const Status = () => <p>{useSession().status}</p>;

/** Renders twice, as any component does sooner or later. */
const ClientInRender = () => {
  const [, renderAgain] = useReducer((renders: number) => renders + 1, 0);
  useEffect(renderAgain, []);
  return (
    <AuthProvider client={createAuthClient()}>
      <Status />
    </AuthProvider>
  );
};

/** What the pages of an app do, rightly and wrongly. */
const lab = {
  createAuthClient,
  renderWithoutProvider: () => mount(<Status />),
  renderClientInRender: () => mount(<ClientInRender />),
};

Object.assign(window, { lab });
