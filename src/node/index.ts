export { authRoutes } from './auth-routes.ts';
export { claimsOf, requireAuth } from './require-auth.ts';
export { clientAddress, toRequest } from './to-request.ts';
