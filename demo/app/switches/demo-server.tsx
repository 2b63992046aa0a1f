import type { ReactNode } from 'react';
import { Choice } from '../choice.tsx';
import { useAuth } from '../session/auth.ts';
import { endSession, type RefreshMode, setLifetime, setRefreshMode } from './server-state.ts';
import { useServerState } from './use-server-state.ts';

const lifetimes = [
  { value: 5, label: '5 s' },
  { value: 15, label: '15 s' },
  { value: 60, label: '1 min' },
  { value: 300, label: '5 min' },
];

const modes: readonly { readonly value: RefreshMode; readonly label: string }[] = [
  { value: 'ok', label: 'works' },
  { value: '503', label: 'answers 503' },
  { value: 'hang', label: 'hangs' },
];

/** The switches that break things on the server, and what the server has counted. */
export const DemoServer = (): ReactNode => {
  const { refresh } = useAuth();
  const [state, change] = useServerState();

  const chooseLifetime = async (seconds: number) => {
    await change(() => setLifetime(seconds), { lifetimeSeconds: seconds });
    // Shows the new lifetime at once. If this refresh fails, the next one brings it.
    await refresh().catch(() => undefined);
  };

  return (
    <section className="card demo-server" aria-labelledby="demo-server">
      <h2 id="demo-server">The server</h2>
      <Choice
        legend="Access token lifetime"
        options={lifetimes}
        chosen={state?.lifetimeSeconds}
        onChoose={(seconds) => void chooseLifetime(seconds)}
      />
      <Choice
        legend="Refresh endpoint"
        options={modes}
        chosen={state?.refreshMode}
        onChoose={(mode) => void change(() => setRefreshMode(mode), { refreshMode: mode })}
      />
      <button type="button" className="danger" onClick={() => void change(endSession)}>
        End my session
      </button>
      <dl className="counts" aria-label="What the server has counted">
        <Count name="Refreshes" value={state?.counters.refreshRequests} />
        <Count name="API calls" value={state?.counters.apiCalls} />
        <Count name="Refused" value={state?.counters.apiRefusals} />
        <Count name="Expired" value={state?.counters.expiredTokens} />
      </dl>
    </section>
  );
};

const Count = ({ name, value }: { readonly name: string; readonly value: number | undefined }): ReactNode => (
  <div>
    <dt>{name}</dt>
    <dd>{value ?? '–'}</dd>
  </div>
);
