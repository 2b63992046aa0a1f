export { authRoutes } from './auth-routes.ts';
export type { Handler } from './handler.ts';
export type { FastifyRequest, Incoming, NodeRequest } from './incoming.ts';
export type { FastifyReply, HeaderValue, NodeResponse } from './outgoing.ts';
export { claimsOf, requireAuth } from './require-auth.ts';
export { clientAddress, toRequest } from './to-request.ts';
