import type { ReactNode, RefCallback } from 'react';
import { windowMs } from './activity.ts';
import { Glyph } from './glyph.tsx';
import type { Lane, PlacedMark } from './lanes.ts';

export interface LaneRowProps {
  readonly lane: Lane;
  /** The instant (epoch ms) at the left edge of what moves. */
  readonly base: number;
  readonly scroll: RefCallback<HTMLElement>;
}

export const LaneRow = ({ lane, base, scroll }: LaneRowProps): ReactNode => (
  <div className="lane" data-note={lane.note}>
    <span className="lane-name">
      {lane.name}
      {lane.note !== undefined && <small>{lane.note}</small>}
    </span>
    <div className="track">
      <div className="moving" ref={scroll}>
        {lane.marks.map((mark) => (
          <Placed key={mark.id} mark={mark} base={base} />
        ))}
      </div>
      {lane.isRefreshing && <span className="in-flight" />}
    </div>
  </div>
);

const Placed = ({ mark, base }: { readonly mark: PlacedMark; readonly base: number }): ReactNode => {
  const { kind, text, at, startedAt, count, row } = mark;
  const tookMs = at - startedAt;
  return (
    <>
      {tookMs > 0 && <span className={`took ${row}`} style={{ left: share(startedAt - base), width: share(tookMs) }} />}
      <span
        className={`mark ${row}`}
        style={{ left: share(at - base), scale: 1 + 0.7 * Math.log10(count) }}
        title={count > 1 ? `${count} × ${text}` : text}
      >
        <Glyph kind={kind} />
      </span>
    </>
  );
};

const share = (ms: number): string => `${(ms / windowMs) * 100}%`;
