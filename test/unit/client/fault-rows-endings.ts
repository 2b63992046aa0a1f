import { status } from './fake-server.ts';
import { ended, type Fault } from './fault-row.ts';

/** Answers that end a session: all there are. */
export const endings: readonly Fault[] = [
  { fault: '204', answer: () => status(204), ...ended('expired') },
  { fault: '401 without a body', answer: () => status(401, ''), ...ended('expired') },
  { fault: '401 with JSON', answer: () => status(401, { message: 'jwt expired' }), ...ended('expired') },
  { fault: '401 with another code', answer: () => status(401, { error: 'no_session' }), ...ended('expired') },
  { fault: '401 with `invalid_grant`', answer: () => status(401, { error: 'invalid_grant' }), ...ended('expired') },
  {
    fault: '401 with the reason `revoked`',
    answer: () => status(401, { error: 'invalid_grant', reason: 'revoked' }),
    ...ended('revoked'),
  },
  {
    fault: '401 with the reason `reused`',
    answer: () => status(401, { error: 'invalid_grant', reason: 'reused' }),
    ...ended('reused'),
  },
  {
    fault: '401 with a `Bearer` challenge',
    answer: () => status(401, {}, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }),
    ...ended('expired'),
  },
  { fault: '400 with `invalid_grant`', answer: () => status(400, { error: 'invalid_grant' }), ...ended('expired') },
  {
    fault: '400 with `unauthorized_client`',
    answer: () => status(400, { error: 'unauthorized_client' }),
    ...ended('expired'),
  },
  { fault: '403 with `access_denied`', answer: () => status(403, { error: 'access_denied' }), ...ended('expired') },
  {
    fault: '403 with `invalid_token` and a reason',
    answer: () => status(403, { error: 'invalid_token', reason: 'revoked' }),
    ...ended('revoked'),
  },
];
