import express from 'express';
import { authRoutes, requireAuth } from 'silent-refresh/node';
import { createAuthority, generateSigningKeys } from 'silent-refresh/server';
import { serve } from '../serve.ts';

const authority = createAuthority({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000/api',
  // Both from your secret store in production, or a restart signs everybody out.
  keys: await generateSigningKeys(),
  refreshSecret: crypto.getRandomValues(new Uint8Array(32)),
  cookie: { profile: 'dev' }, // leave it out behind https
  verifyCredentials(credentials) {
    const { name, password } = Object(credentials);
    return name === 'ada' && password === 'secret' ? { id: '1' } : undefined;
  },
  userId: (user) => user.id,
});

const app = express();
app.use(authRoutes(authority));
app.get('/api/orders', requireAuth(authority), (_request, response) => void response.json(['Tea', 'Cups']));
await serve(app, import.meta.dirname);
