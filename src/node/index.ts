export { authRoutes } from './auth-routes.ts';
export { toRequest } from './node-request.ts';
export { claimsOf, requireAuth } from './require-auth.ts';
