import type { FastifyRequest, NodeRequest } from './incoming.ts';
import type { FastifyReply, NodeResponse } from './outgoing.ts';

/**
 * What handles a request: a listener of `http.createServer()`, middleware of Express and Connect, and a route or a
 * `preHandler` hook of Fastify.
 */
export type Handler = (
  request: NodeRequest | FastifyRequest,
  response: NodeResponse | FastifyReply,
  next?: (error?: Error) => void,
) => void;
