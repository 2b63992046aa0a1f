import { isAuthError, type SignInRejectedError } from 'silent-refresh';

/** What to tell somebody whose sign-in did not work. */
export interface SignInFault {
  readonly message: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** When it makes sense to try again: epoch ms. */
  readonly retryAt?: number | undefined;
}

export const signInFaultOf = async (error: unknown): Promise<SignInFault> => {
  if (!isAuthError(error)) throw error;
  switch (error.code) {
    case 'sign_in_rejected':
      return rejected(error);
    case 'sign_in_unavailable':
      return { message: 'The sign-in server can’t be reached. Please try again.', retryAt: error.retryAt };
    case 'token_response':
      return { message: 'The sign-in server’s answer can’t be read. This is a fault of the server.' };
    default:
      return { message: 'Signing in was interrupted. Please try again.' };
  }
};

const rejected = async ({ status, error, response, retryAt }: SignInRejectedError): Promise<SignInFault> => {
  if (status === 429 && error === 'busy') return { message: 'Many people are signing in just now.', retryAt };
  if (status === 429) return { message: 'Too many attempts for this user name.', retryAt };
  if (status === 422) return { message: 'Please look at the fields again.', fields: await fieldsOf(response) };
  if (status === 401) return { message: 'This user name and password do not match.' };
  return { message: `The server did not accept this (${status}).` };
};

const fieldsOf = async (response: Response): Promise<Record<string, string>> => {
  const { fields } = Object(await response.json()) as { fields?: Record<string, string> };
  return fields ?? {};
};
