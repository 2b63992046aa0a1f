export { type Authority, createAuthority } from './authority.ts';
export type { SessionInfo } from './endpoints/session-info.ts';
export type { SignInOptions } from './endpoints/start-session.ts';
export { InvalidTokenError, UnavailableError } from './errors.ts';
export type { AuthorityEvent, Endpoint, EventOfSession, RefusalReason } from './events.ts';
export { AUTH_CLIENT_HEADER } from './http/csrf.ts';
export { exportSigningKeys, importSigningKeys } from './keys/portable-keys.ts';
export type { RemoteKeys } from './keys/remote-keys.ts';
export {
  generateSigningKeys,
  type KeyAlgorithm,
  type KeyMaterial,
  type NamedKey,
  type OwnBytes,
  type PrivateKey,
  type PublicKeyAlgorithm,
  type RemoteKey,
  type SecretKey,
  type SigningKey,
  type SigningKeys,
  type VerificationKey,
} from './keys/signing-keys.ts';
export { type AppFailure, createLogger, type LoggerOptions } from './logging/logger.ts';
export type { AuthorityOptions, AuthorityPaths, SignInVerdict } from './options.ts';
export type { ReuseReason } from './rotation/decide-refresh.ts';
export type { KeyedRefresh, SessionData, SessionRecord } from './rotation/session-record.ts';
export type { RefreshContext, RefreshVerdict, SessionOptions } from './session-options.ts';
export type { SettledPaths } from './settings.ts';
export { createMemoryStore } from './stores/memory-store.ts';
export type { EndedState, SessionStore } from './stores/session-store.ts';
export type { RateLimiter } from './throttling/rate-limiter.ts';
export type { AccessTokenClaims } from './tokens/access-token-claims.ts';
export type { GuardEvent, Verifier } from './tokens/bearer-guard.ts';
export { copyRevocationList } from './tokens/copied-revocation-list.ts';
export { createMemoryRevocationList } from './tokens/memory-revocation-list.ts';
export type { RevocationEntry, RevocationList } from './tokens/revocation-list.ts';
export type { TokenOrClaims } from './tokens/revoke-token.ts';
export { createVerifier, type VerifierOptions } from './tokens/verifier.ts';
export type { Nobody } from './user-id.ts';
