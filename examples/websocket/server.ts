import express from 'express';
import { authRoutes, claimsOf, requireAuth } from 'silent-refresh/node';
import { createAuthority, generateSigningKeys } from 'silent-refresh/server';
import { textsOf } from '../express/credentials.ts';
import { createUsers, type User } from '../express/users.ts';
import { serve } from '../serve.ts';
import { createSockets } from './sockets.ts';

const users = await createUsers();

const authority = createAuthority<User>({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000/api',
  keys: await generateSigningKeys(),
  refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
  cookie: { profile: 'dev' },
  accessTokenLifetimeMs: 10_000, // so that you see a socket come back with its next token
  verifyCredentials(credentials) {
    const { name, password } = textsOf(credentials);
    return users.authenticate(name, password);
  },
  userId: (user) => user.id,
  loadUser: users.find,
  onEvent(event) {
    if (event.type === 'signed-out' || event.type === 'revoked' || event.type === 'refresh-reused')
      sockets.endSession(event.sid);
  },
});

const app = express();
app.use(authRoutes(authority));
app.post('/api/messages', requireAuth(authority), express.text(), (request, response) => {
  sockets.broadcast(`${users.find(claimsOf(request).sub)?.name}: ${request.body}`);
  response.sendStatus(204);
});

const sockets = createSockets(await serve(app, import.meta.dirname), authority);
