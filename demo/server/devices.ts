import { Hono } from 'hono';
import type { Authority } from '../../src/server/index.ts';

/** Where the user is signed in: the list, and the end of one or of all but the one that asks. */
export function createDevices(authority: Authority): Hono<{ Variables: { userId: string; sid: string } }> {
  const devices = new Hono<{ Variables: { userId: string; sid: string } }>();

  devices.get('/', async (c) => {
    const sessions = await authority.listSessions(c.get('userId'));
    const shown = sessions.map(({ sid, createdAt, lastUsedAt, data }) => {
      return { sid, device: data.device, createdAt, lastUsedAt, isThisOne: sid === c.get('sid') };
    });
    return c.json({ devices: shown });
  });

  devices.post('/end-others', async (c) => {
    await authority.endUserSessions(c.get('userId'), { except: c.get('sid') });
    return c.body(null, 204);
  });

  devices.post('/:sid/end', async (c) => {
    const sid = c.req.param('sid');
    // Nobody ends another user's session by its name.
    const isOwn = (await authority.listSessions(c.get('userId'))).some((session) => session.sid === sid);
    if (!isOwn) return c.json({ error: 'not_found' }, 404);
    await authority.endSession(sid);
    return c.body(null, 204);
  });

  return devices;
}
