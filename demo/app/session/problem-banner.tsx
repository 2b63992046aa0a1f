import type { ReactNode } from 'react';
import type { RefreshProblem } from 'silent-refresh';
import { useSecondsUntil } from '../use-seconds-until.ts';
import { useSession } from './auth.ts';
import { problemText } from './reasons.ts';

/** Says that refreshing fails, and when it is tried again. Lies over the page, so that nothing moves. */
export const ProblemBanner = (): ReactNode => {
  const problem = useSession((session) => ('problem' in session ? session.problem : undefined));
  return (
    <div className="banner" role="status">
      {problem && <Problem {...problem} />}
    </div>
  );
};

const Problem = (problem: RefreshProblem): ReactNode => {
  const seconds = useSecondsUntil(problem.retryAt);
  const isWaiting = problem.retryAt === undefined;
  return (
    <p>
      {problemText(problem)}, {isWaiting ? 'still waiting.' : 'trying again '}
      {/* Read out once, not every second. */}
      {!isWaiting && <span aria-hidden="true">{seconds > 0 ? `in ${seconds} s.` : 'now.'}</span>}
    </p>
  );
};
