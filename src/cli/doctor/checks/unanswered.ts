import { error, type Finding, listed } from '../finding.ts';
import { isAnswered, type Observations } from '../observations.ts';

/** Whether every request was answered. */
export function checkUnanswered({ exchanges }: Observations): readonly Finding[] {
  const unanswered = exchanges.filter((exchange) => !isAnswered(exchange));
  if (unanswered.length === 0) return [];
  const seen = unanswered.map(({ method, endpoint, failure }) => `${method} ${endpoint}: ${failure}`);
  return [
    error(
      'answers',
      `no answer: ${listed(seen)}`,
      'The client keeps the session and asks again; the page stays `loading` meanwhile.',
      'Check the address, the certificate and whether the server runs. For a slow server, raise --timeout.',
    ),
  ];
}
