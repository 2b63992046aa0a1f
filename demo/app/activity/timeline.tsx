import type { ReactNode } from 'react';
import { type Mark, windowMs } from './activity.ts';
import { Glyph } from './glyph.tsx';
import { type MarkKind, meanings } from './marks.ts';
import { useActivity } from './use-activity.ts';
import { useScroll } from './use-scroll.ts';

const lanes: readonly { readonly name: string; readonly kinds: readonly MarkKind[] }[] = [
  { name: 'Calls', kinds: ['call-ok', 'call-replayed', 'call-failed'] },
  { name: 'Held', kinds: ['call-held', 'held-sent', 'held-given-up'] },
  { name: 'Refreshes', kinds: ['refresh-ok', 'refresh-failed'] },
  { name: 'Session', kinds: ['signed-in', 'session-ended', 'sign-out-unconfirmed'] },
];

/** What happened in the last minute, moving to the left. */
export const Timeline = (): ReactNode => {
  const { marks, refreshStartedAt } = useActivity();
  const base = marks[0]?.at;
  const scroll = useScroll(base);
  return (
    <section className="card timeline" aria-labelledby="timeline">
      <h2 id="timeline">The last minute</h2>
      <div className="lanes" role="img" aria-label={summary(marks)}>
        {lanes.map(({ name, kinds }) => (
          <div className="lane" key={name}>
            <span className="lane-name">{name}</span>
            <div className="track">
              <div className="moving" ref={scroll}>
                {marks
                  .filter(({ kind }) => kinds.includes(kind))
                  .map((mark) => (
                    <Placed key={mark.id} mark={mark} base={base ?? mark.at} />
                  ))}
              </div>
              {name === 'Refreshes' && refreshStartedAt !== undefined && <span className="in-flight" />}
            </div>
          </div>
        ))}
        <div className="axis">
          <span>60 s ago</span>
          <span>30 s</span>
          <span>now</span>
        </div>
      </div>
      <ul className="legend" aria-label="Legend">
        {Object.entries(meanings).map(([kind, meaning]) => (
          <li key={kind}>
            <Glyph kind={kind as MarkKind} />
            {meaning}
          </li>
        ))}
        <li>larger: several at once</li>
      </ul>
    </section>
  );
};

const Placed = ({ mark, base }: { readonly mark: Mark; readonly base: number }): ReactNode => {
  const { kind, text, at, startedAt, count } = mark;
  const tookMs = at - startedAt;
  return (
    <>
      {tookMs > 0 && <span className="took" style={{ left: share(startedAt - base), width: share(tookMs) }} />}
      <span
        className="mark"
        style={{ left: share(at - base), scale: 1 + 0.7 * Math.log10(count) }}
        title={count > 1 ? `${count} × ${text}` : text}
      >
        <Glyph kind={kind} />
      </span>
    </>
  );
};

const share = (ms: number): string => `${(ms / windowMs) * 100}%`;

const summary = (marks: readonly Mark[]): string => {
  const number = (kind: MarkKind) =>
    marks.filter((mark) => mark.kind === kind).reduce((sum, { count }) => sum + count, 0);
  const kinds = Object.keys(meanings) as MarkKind[];
  const seen = kinds.filter((kind) => number(kind) > 0).map((kind) => `${meanings[kind]}: ${number(kind)}`);
  return `Activity of the last minute. ${seen.length === 0 ? 'Nothing yet' : seen.join(', ')}.`;
};
