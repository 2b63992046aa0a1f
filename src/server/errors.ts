/**
 * An access token is not acceptable, whatever the cause.
 *
 * Expired, forged, revoked and malformed tokens all read alike: the difference would only help
 * somebody who is guessing. Never carries the token.
 *
 * @see RFC 6750 section 3.1 (`invalid_token`)
 */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
  readonly code = 'invalid_token';

  constructor() {
    super('The access token is invalid or has expired.');
  }
}

/** The family store failed, or was so busy that no change could be committed: nothing may be allowed. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';

  constructor(options?: ErrorOptions) {
    super('The family store is unavailable.', options);
  }
}
