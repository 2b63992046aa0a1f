import { isAuthError } from 'silent-refresh';
import { activity } from '../activity/use-activity.ts';
import { auth } from '../session/auth.ts';

/** `authFetch`, with the outcome put on the timeline. */
export const call: typeof auth.authFetch = async (input, init) => {
  try {
    const response = await auth.authFetch(input, init);
    const isRefused = response.status === 401 || response.status >= 500;
    activity.mark(isRefused ? 'call-failed' : 'call-ok');
    if (isRefused) activity.note(`A call was answered ${response.status}.`);
    return response;
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    activity.mark('call-failed');
    activity.note(`A call failed: ${callFault(error)}.`);
    throw error;
  }
};

/** Why a call has failed, in a few words. */
export const callFault = (error: unknown): string => {
  if (!isAuthError(error)) return 'the server can’t be reached';
  switch (error.code) {
    case 'unauthenticated':
      return 'nobody is signed in, so it was not sent';
    case 'user_changed':
      return 'somebody else has signed in, so it was not sent';
    case 'refresh_unavailable':
      return 'there is no access token at the moment';
    default:
      return error.message;
  }
};
