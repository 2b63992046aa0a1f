import { expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/server/index.ts';
import { createFixture, apiCall, tokens, MINUTE, SECOND, ORIGIN } from '../server/fixture.ts';
import { decideRefresh } from '../../../src/server/rotation.ts';
import { startFamily } from '../../../src/server/family.ts';

it('1 clock back: strict not strict', async () => {
  const { browser, clock, authority, events } = createFixture({ graceMs: 0, retryWindowMs: 0, recoveryMs: 0 });
  const page = browser(); const t=await page.signIn(); const thief = page.copy();
  const r = await tokens(await page.refresh()); await authority.verify(r.access_token);
  clock.now -= 60 * MINUTE;
  const out=[];
  for (let i = 0; i < 3; i++) { const a = await thief.copy().refresh(); out.push(a.status, (await a.json()).seq); clock.now += 15*MINUTE; }
  console.log('strict after step back', out, events.map(e=>e.type));
});
it('1b strict with 1 ms skew', async () => {
  const { browser, clock, authority, events } = createFixture({ graceMs: 0, retryWindowMs: 0, recoveryMs: 0 });
  const page = browser(); await page.signIn(); const thief = page.copy();
  const r = await tokens(await page.refresh()); await authority.verify(r.access_token);
  clock.now -= 1;
  const a = await thief.refresh(); console.log('1ms', a.status);
});
it('2 ambiguous sign-out', async () => {
  const { browser, authority, events } = createFixture();
  const one = browser(), two = browser();
  const a = await one.signIn('ann'); await two.signIn('bob');
  const both = [one, two].map(({ jar }) => `__Host-refresh=${jar.get('__Host-refresh')}`).join('; ');
  const ans = await browser().post('/auth/logout', { body: JSON.stringify({ sid: a.sid }), headers: { Cookie: both } });
  console.log('signout ambiguous', ans.status, ans.headers.get('set-cookie'), (await one.refresh()).status, events.map(e=>e.type));
  const junk = Array.from({length: 8}, (_, i) => `__Host-refresh=j${i}`).join('; ');
  const ans2 = await browser().post('/auth/logout', { body: JSON.stringify({ sid: a.sid }), headers: { Cookie: `${junk}; __Host-refresh=${one.jar.get('__Host-refresh')}` } });
  console.log('signout junk', ans2.status, ans2.headers.get('set-cookie'), (await one.refresh()).status);
  const s3 = await browser().post('/auth/login', { body: JSON.stringify({ id: 'ann', password: 'right' }), headers: { 'Content-Type':'application/json', Cookie: both } });
  console.log('signin ambiguous', s3.status, 'old alive', (await one.refresh()).status);
});
it('3 async profile/claims', async () => {
  const { browser } = createFixture({ profile: async (u) => ({ name: u.name }), claims: async () => ({ role: 'x' }) });
  const t = await browser().signIn();
  console.log('async profile', t.user, JSON.parse(atob(t.access_token.split('.')[1]!)));
});
it('4 now throws', async () => {
  let boom=false;
  const f = createFixture({ now: () => { if (boom) throw new Error('x'); return Date.now(); } });
  const t = await f.browser().signIn(); boom=true;
  console.log('handle', await f.browser().refresh().then(r=>r.status, e => 'REJECTED '+e));
  console.log('guard', await f.authority.guard(apiCall(t.access_token)).then(r=>(r as Response).status, e => 'REJECTED '+e));
  console.log('get', await f.authority.handle(new Request(ORIGIN+'/auth/refresh')).then(r=>r.status, e => 'REJECTED '+e));
});
it('5 one-behind thief in grace forever', async () => {
  const { browser, clock, authority, events } = createFixture();
  const page = browser(); await page.signIn(); const thief = page.copy();
  let n = 0;
  for (let i = 0; i < 300; i++) {
    clock.now += 4 * MINUTE;
    const r = await page.refresh(); if (r.status !== 200) break;
    await authority.verify((await tokens(r)).access_token);
    clock.now += 5 * SECOND;
    const s = await thief.refresh(); if (s.status !== 200) break;
    await authority.verify((await tokens(s)).access_token); n++;
  }
  console.log('thief generations', n, events.filter(e=>e.type==='refresh-reused').length);
});
it('6 dead ranges forgotten', async () => {
  const { browser, clock, authority, events } = createFixture({ graceMs: 0 });
  const page = browser(); await page.signIn();
  const parent = page.copy();
  const dead = await tokens(await page.refresh()); // gen2, will be dead
  // lost
  let cur = parent; 
  const start = clock.now;
  let jar = new Map(parent.jar);
  const r1 = await cur.refresh(); // recover -> gen3
  for (let i = 0; i < 33; i++) {
    const before = cur.copy();
    const x = await cur.refresh(); // rotate; 
    const y = await before.refresh(); // recover
    cur = before;
    if (y.status !== 200) { console.log('stop', i, y.status); break; }
  }
  console.log('elapsed', clock.now - start);
  console.log('dead AT', await authority.verify(dead.access_token).then(c => 'ACCEPTED '+c.jti, e => 'refused'), events.map(e=>e.type).slice(-3));
});
it('6b dead ranges, default grace, elapsed', async () => {
  const { browser, clock, authority, events } = createFixture({ accessTokenLifetimeMs: 15*MINUTE });
  const page = browser(); await page.signIn();
  const parent = page.copy();
  const dead = await tokens(await page.refresh());
  let cur = parent; const start = clock.now;
  clock.now += 10*SECOND; await cur.refresh();
  for (let i = 0; i < 33; i++) { const before = cur.copy(); await cur.refresh(); clock.now += 10*SECOND; const y = await before.refresh(); cur = before; if (y.status!==200) console.log('stop', i); }
  console.log('elapsed s', (clock.now - start)/1000, await authority.verify(dead.access_token).then(c => 'ACCEPTED', e => 'refused'));
});
it('7 expires_in beyond grant', async () => {
  const { browser, clock } = createFixture({ absoluteTimeoutMs: MINUTE });
  const page = browser(); const t = await page.signIn(); clock.now += 59*SECOND; const r = await page.refresh();
  console.log('expires_in', t.expires_in, (await r.json()).expires_in, r.headers.get('set-cookie'));
});
it('8 aborted body', async () => {
  const { authority, events, browser } = createFixture();
  const p = browser(); await p.signIn(); events.length=0;
  for (const path of ['/auth/login','/auth/logout']) {
  const body = new ReadableStream({ start(c){ c.enqueue(new TextEncoder().encode('{"a')); c.error(new Error('aborted')); } });
  const r = await authority.handle(new Request(ORIGIN+path, { method:'POST', body, duplex:'half', headers:{Origin:ORIGIN,'X-Auth-Client':'1','Content-Type':'application/json'} } as never));
  console.log('aborted', path, r.status, events.map(e=>e.type)); }
});
it('9 NaN now', () => {
  const f = startFamily('s','a',0,{idleTimeoutMs:1000,absoluteTimeoutMs:1000});
  console.log('NaN', decideRefresh(f,{generation:1},NaN,{idleTimeoutMs:1,graceMs:0,retryWindowMs:0,recoveryMs:0}).action);
});
it('10 odd content types', async () => {
  const { browser } = createFixture();
  const p = browser();
  const t = async (ct: string, body: BodyInit) => { const r = await p.post('/auth/login',{body,headers:{'Content-Type':ct}}); return [ct, r.status, (await r.text()).slice(0,80)]; };
  console.log(await t('application/json','null'), await t('application/json','[]'), await t('application/json','""'), await t('multipart/form-data','x'), await t('multipart/form-data; boundary=x','--x\r\nContent-Disposition: form-data; name="id"\r\n\r\nann\r\n--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nright\r\n--x--\r\n'), await t('application/x-www-form-urlencoded','id=ann&password=right'), await t('APPLICATION/JSON ; charset=x','{"id":"ann","password":"right"}'), await t('application/json','['.repeat(60000)), await t('text/plain','{}'), await t('application/x-www-form-urlencoded','__proto__=x&id=ann&password=right'));
});
