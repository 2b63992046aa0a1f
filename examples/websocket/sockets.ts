import type { Server } from 'node:http';
import { type AccessTokenClaims, type Authority, InvalidTokenError } from 'silent-refresh/server';
import { type WebSocket, WebSocketServer } from 'ws';

/** Close codes. After the first one, the client connects with a newer token. */
const UNAUTHORIZED = 4401;
const TRY_AGAIN_LATER = 1013;
/** How long a socket may be open before it has sent a token. */
const FIRST_MESSAGE_MS = 5_000;

/**
 * Sockets at `/live`, which send their access token as the first message. A browser sends no `Authorization` with a socket,
 * and a token in the address would be written to logs.
 */
export function createSockets(server: Server, { verify }: Pick<Authority, 'verify'>) {
  const wss = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 });
  const users = new Map<WebSocket, AccessTokenClaims>();

  server.on('upgrade', (request, stream, head) => {
    if (request.url === '/live') wss.handleUpgrade(request, stream, head, accept);
  });

  function accept(socket: WebSocket) {
    let timer = setTimeout(() => socket.close(UNAUTHORIZED), FIRST_MESSAGE_MS);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(timer);
      users.delete(socket);
    });
    socket.once('message', (token) => {
      verify(String(token)).then(welcome, (error) =>
        socket.close(error instanceof InvalidTokenError ? UNAUTHORIZED : TRY_AGAIN_LATER),
      );
    });

    function welcome(claims: AccessTokenClaims) {
      clearTimeout(timer);
      if (socket.readyState !== socket.OPEN) return;
      // A socket is good for as long as its token.
      timer = setTimeout(() => socket.close(UNAUTHORIZED), claims.exp * 1000 - Date.now());
      users.set(socket, claims);
      socket.send('Connected.');
    }
  }

  return {
    broadcast(text: string) {
      for (const socket of users.keys()) socket.send(text);
    },
    /** Closes the sockets of a session that has ended. */
    endSession(sid: string) {
      for (const [socket, claims] of users) if (claims.sid === sid) socket.close(UNAUTHORIZED);
    },
  };
}
