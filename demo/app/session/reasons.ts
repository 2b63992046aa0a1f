import type { EndReason, RefreshProblem } from 'silent-refresh';

/** Why a session has ended, as a sentence. */
export const endReasons: Record<EndReason, string> = {
  anonymous: 'Nobody was signed in.',
  expired: 'The session has expired.',
  revoked: 'The session was ended on the server.',
  reused: 'A spent refresh token was used again, so the server has ended the session.',
  'signed-out': 'You have signed out.',
  'signed-out-elsewhere': 'You have signed out in another tab.',
  'user-changed': 'Somebody else has signed in.',
  'unavailable-in-frame': 'Signing in is not possible inside a frame.',
};

/** What keeps the token from being refreshed, as the beginning of a sentence. */
export const problemText = ({ kind, status }: RefreshProblem): string => {
  switch (kind) {
    case 'network':
      return 'Can’t reach the sign-in server';
    case 'timeout':
      return 'The sign-in server has not answered yet';
    case 'status':
      return `The sign-in server answered ${status}`;
    case 'redirected':
      return 'The sign-in server redirects to somewhere else';
    case 'malformed':
      return 'The sign-in server’s answer can’t be read';
  }
};
