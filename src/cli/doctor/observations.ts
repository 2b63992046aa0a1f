import type { Answer, Exchange, Step } from './exchange.ts';
import type { Target } from './target.ts';

/** Everything that was seen, as plain data: what the checks judge. */
export interface Observations {
  readonly target: Target;
  readonly hasCredentials: boolean;
  /** In the order in which they were made. */
  readonly exchanges: readonly Exchange[];
}

/** The first exchange of a step; `undefined` where it was not made, or not answered. */
export function answered({ exchanges }: Observations, step: Step): (Exchange & { answer: Answer }) | undefined {
  return exchanges.filter(isAnswered).find((exchange) => exchange.step === step);
}

/** The answer to the first exchange of a step. */
export function answerTo(observations: Observations, step: Step): Answer | undefined {
  return answered(observations, step)?.answer;
}

/** Whether an answer came. */
export function isAnswered(exchange: Exchange): exchange is Exchange & { answer: Answer } {
  return exchange.answer !== undefined;
}
