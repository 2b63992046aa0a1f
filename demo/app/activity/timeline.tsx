import type { ReactNode } from 'react';
import { OpenTab } from '../tabs/open-tab.tsx';
import { useTabs } from '../tabs/use-tabs.ts';
import { LaneRow } from './lane-row.tsx';
import { laneOfTab, lanesOf, summaryOf } from './lanes.ts';
import { Legend } from './legend.tsx';
import { useActivity } from './use-activity.ts';
import { useScroll } from './use-scroll.ts';

/** What happened in the last minute, moving to the left: in this tab, and to the session in the other ones. */
export const Timeline = (): ReactNode => {
  const picture = useActivity();
  const { others } = useTabs();
  const base = Math.min(...[picture, ...others].map(({ marks }) => marks[0]?.at ?? Number.POSITIVE_INFINITY));
  const scroll = useScroll(Number.isFinite(base) ? base : undefined);
  const own = lanesOf(picture);
  return (
    <section className="card timeline" aria-labelledby="timeline">
      <div className="timeline-head">
        <h2 id="timeline">The last minute</h2>
        <OpenTab />
      </div>
      <p className="muted small">
        All tabs share one session. When the token runs out, one tab refreshes it and passes the new token to the
        others. A sign-out or a change of user shows in all of them at once.
      </p>
      <div className="lanes" role="img" aria-label={summaryOf(picture.marks, others, Date.now())}>
        {own.map((lane) => (
          <LaneRow key={lane.key} lane={lane} base={base} scroll={scroll} />
        ))}
        {others.length > 0 && (
          <div className="other-tabs">
            {others.map(laneOfTab).map((lane) => (
              <LaneRow key={lane.key} lane={lane} base={base} scroll={scroll} />
            ))}
          </div>
        )}
        <div className="axis">
          <span>60 s ago</span>
          <span>30 s</span>
          <span>now</span>
        </div>
      </div>
      <Legend marks={[picture, ...others].flatMap(({ marks }) => marks)} />
    </section>
  );
};

/** The timeline for somebody who is not signed in, where there is anything to see. */
export const TimelineIfAny = (): ReactNode => {
  const { marks } = useActivity();
  const { others } = useTabs();
  return marks.length + others.length > 0 && <Timeline />;
};
