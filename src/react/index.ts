'use client';

import type { AuthClient } from '../index.ts';
import { type AuthHooks, createAuthHooks } from './create-auth-hooks.tsx';

const hooks: AuthHooks<AuthClient> = /* @__PURE__ */ createAuthHooks();

/** Starts the client while it is mounted, and hands it down. */
export const AuthProvider: AuthHooks<AuthClient>['AuthProvider'] = hooks.AuthProvider;
/** The session, or what a selector makes of it. */
export const useSession: AuthHooks<AuthClient>['useSession'] = hooks.useSession;
/** The client. */
export const useAuth: AuthHooks<AuthClient>['useAuth'] = hooks.useAuth;
/** Shows its children to somebody signed in. */
export const SignedIn: AuthHooks<AuthClient>['SignedIn'] = hooks.SignedIn;

export {
  type AuthHooks,
  type AuthProviderProps,
  type ClaimsOf,
  createAuthHooks,
  type SignedInProps,
} from './create-auth-hooks.tsx';
