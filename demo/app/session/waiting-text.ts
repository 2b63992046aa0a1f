/** How many calls wait for their user to sign in again, as a sentence. */
export const waitingText = (calls: number): string =>
  calls === 1
    ? '1 call is waiting, and is sent once you are back.'
    : `${calls} calls are waiting, and are sent once you are back.`;
