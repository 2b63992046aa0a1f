import { describe } from '../exchange.ts';
import { error, type Finding, listed, warning } from '../finding.ts';
import { isAnswered, type Observations } from '../observations.ts';

/** Whether every request was answered, and none was throttled. */
export function checkUnanswered({ exchanges }: Observations): readonly Finding[] {
  return [...unanswered(exchanges), ...throttled(exchanges)];
}

function unanswered(exchanges: Observations['exchanges']): Finding[] {
  const failed = exchanges.filter((exchange) => !isAnswered(exchange));
  if (failed.length === 0) return [];
  const seen = failed.map(({ method, endpoint, failure }) => `${method} ${endpoint}: ${failure}`);
  return [
    error(
      'answers',
      `no answer: ${listed(seen)}`,
      'The client keeps the session and asks again; the page stays `loading` meanwhile.',
      'Check the address, the certificate and whether the server runs. For a slow server, raise --timeout.',
    ),
  ];
}

function throttled(exchanges: Observations['exchanges']): Finding[] {
  const refused = exchanges.filter(isAnswered).filter(({ answer }) => answer.status === 429);
  if (refused.length === 0) return [];
  return [
    warning(
      'throttled',
      `too many requests: ${listed(refused.map(({ endpoint, answer }) => `${endpoint} ${describe(answer)}`))}`,
      'The rest could not be checked. A few tabs that are opened at once may meet the same limit.',
      'Wait, or raise the limit: the doctor sends about 12 refreshes and up to three sign-ins.',
    ),
  ];
}
