import { type ReactNode, useEffect, useRef } from 'react';
import { tokenLife } from '../tabs/token-life.ts';
import { useTabs } from '../tabs/use-tabs.ts';
import { useNow } from '../use-now.ts';
import { useActivity } from './use-activity.ts';

/** The access token's life, running down until a refresh fills it up again. */
export const TokenLife = (): ReactNode => {
  const picture = useActivity();
  const { refreshStartedAt } = picture;
  const token = tokenLife(picture, useTabs().others);
  const now = useNow(250);
  const lifetimeMs = token?.lifetimeMs ?? 0;
  const leftMs = token === undefined ? 0 : Math.max(0, lifetimeMs - Math.max(0, now - token.obtainedAt));
  const left = Math.round(leftMs / 1000);
  const lifetime = Math.round(lifetimeMs / 1000);
  return (
    <section className="card token-life" aria-labelledby="token-life">
      <h2 id="token-life">Access token</h2>
      <p className="figure">
        {token === undefined ? 'No token' : `${left} s left of ${lifetime} s`}
        <span className="muted">{refreshStartedAt === undefined ? '' : 'refreshing…'}</span>
      </p>
      <meter className="unseen" aria-label="Access token life" max={Math.max(lifetime, 1)} value={left} />
      <div className="bar" aria-hidden="true">
        {token && lifetimeMs > 0 && (
          <Fill key={token.obtainedAt} obtainedAt={token.obtainedAt} lifetimeMs={lifetimeMs} />
        )}
        <span className="due" title="Here it is refreshed" />
      </div>
      <p className="muted small">
        Held in memory only. At the mark it is refreshed in the background, with a cookie that no script can read.
      </p>
    </section>
  );
};

const Fill = ({ obtainedAt, lifetimeMs }: { readonly obtainedAt: number; readonly lifetimeMs: number }): ReactNode => {
  const fill = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const run = fill.current?.animate([{ transform: 'scaleX(1)' }, { transform: 'scaleX(0)' }], {
      duration: lifetimeMs,
      fill: 'forwards',
    });
    if (run) run.currentTime = Date.now() - obtainedAt;
    return () => run?.cancel();
  }, [obtainedAt, lifetimeMs]);
  return <span ref={fill} className="fill" />;
};
