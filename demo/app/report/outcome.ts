import type { AnyAuthError } from 'silent-refresh';

/**
 * What became of a report. `unsent`: it has not left the page, because its writer has left or has not signed in again. Whoever
 * is here then learns that, and nothing of what was written.
 */
export interface Outcome {
  readonly kind: 'sent' | 'refused' | 'unsent' | 'unknown';
  readonly text: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export const outcomeOfAnswer = async (response: Response): Promise<Outcome> => {
  if (response.ok) return { kind: 'sent', text: 'Your report has arrived. It is in the list below.' };
  if (response.status === 422) {
    const { fields } = (await response.json()) as { fields: Record<string, string> };
    return { kind: 'refused', text: 'Not saved yet: please look at the fields again.', fields };
  }
  return { kind: 'refused', text: `Not saved: the server answered ${response.status}. Your text is still here.` };
};

/** `error`: none where the network failed. */
export const outcomeOfError = (error: AnyAuthError | undefined): Outcome => {
  if (error !== undefined) return { kind: 'unsent', text: unsent(error) };
  return {
    kind: 'unknown',
    text: 'No answer came, so it is not known whether your report has arrived. Your text is still here.',
  };
};

export const calledBack: Outcome = { kind: 'unsent', text: 'You have cancelled it. Your text is still here.' };

const unsent = (error: AnyAuthError): string => {
  switch (error.code) {
    case 'user_changed':
      return 'The report that was waiting here was not sent, because somebody else has signed in. Its text is gone.';
    case 'unauthenticated':
      if (error.reason.startsWith('signed-out'))
        return 'The report that was waiting was not sent, because of the sign-out. Its text is gone.';
      return error.held !== 'no-room'
        ? 'Not sent: it has waited too long for you to sign in. Your text is still here.'
        : 'Not sent: too many calls are waiting for you to sign in. Your text is still here.';
    case 'refresh_unavailable':
      return 'Not sent: there is no access token at the moment. Your text is still here.';
    default:
      return `Not sent: ${error.message}`;
  }
};
