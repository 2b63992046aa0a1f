import { it } from 'vitest';
import { createMemoryStore, type FamilyStore } from '../../../src/server/index.ts';
import { createFixture, apiCall, tokens, MINUTE, SECOND, ORIGIN } from '../server/fixture.ts';

it('late duplicate two generations behind kills honest session', async () => {
  const { browser, clock, authority, events } = createFixture();
  const page = browser(); await page.signIn(); const delayed = page.copy();
  const a = await tokens(await page.refresh('K1')); await authority.verify(a.access_token);
  clock.now += 4*SECOND;
  const b = await tokens(await page.refresh('K2')); await authority.verify(b.access_token);
  clock.now += 100;
  const late = await delayed.refresh('K1'); console.log('late duplicate', late.status, await late.json());
  console.log('honest', (await page.refresh('K3')).status, events.at(-2)?.type);
});
it('three tabs, no thief, <1s', async () => {
  const { browser, clock } = createFixture();
  const A = browser(); await A.signIn(); const stale = A.copy();
  await A.refresh('t1'); clock.now += 200; await A.refresh('t2'); clock.now += 200;
  console.log('tab in flight', (await stale.refresh('t3')).status, (await A.refresh('t4')).status);
});
it('store lost ack', async () => {
  const m = createMemoryStore(); let fail = false;
  const store: FamilyStore = { ...m, async replace(r, v) { const ok = await m.replace(r, v); if (fail) { fail = false; throw new Error('lost ack'); } return ok; } };
  const { browser, clock } = createFixture({ store });
  const p = browser(); await p.signIn();
  fail = true; const x = await p.refresh('K'); console.log('lost ack', x.status, (await p.refresh('K')).status);
});
it('store hangs', async () => {
  const m = createMemoryStore();
  const store: FamilyStore = { ...m, read: () => new Promise<never>(() => undefined) };
  const { browser } = createFixture({ store }); const p = browser(); await p.signIn();
  console.log('hang', await Promise.race([p.refresh().then(r=>r.status), new Promise(r=>setTimeout(()=>r('still waiting'),300))]));
});
it('revokeUser partial', async () => {
  const m = createMemoryStore(); let n=0;
  const store: FamilyStore = { ...m, read: (sid) => { if (armed && n++ === 0) throw new Error('blip'); return m.read(sid); } };
  let armed=false;
  const { browser, authority } = createFixture({ store }); const ps=[browser(),browser(),browser()]; for (const p of ps) await p.signIn('ann');
  armed=true; console.log('revokeUser', await authority.revokeUser('ann').then(()=> 'ok', e=>e.name)); 
  console.log(await Promise.all(ps.map(async p => (await p.refresh()).status)));
});
it('revokeUser during sign-in', async () => {
  let go!: () => void; const gate = new Promise<void>(r => { go = r; }); 
  const m = createMemoryStore(); 
  const store: FamilyStore = { ...m, async removeExpired(n) { await gate; await m.removeExpired(n); } };
  const { browser, authority } = createFixture({ store }); const p = browser(); const s = p.signIn('ann'); await new Promise(r=>setTimeout(r,50));
  await authority.revokeUser('ann'); go(); await s; console.log('after revokeUser', (await p.refresh()).status);
});
it('fractional now', async () => {
  const { browser, clock } = createFixture(); clock.now += 0.5; const p = browser(); await p.signIn(); console.log('fraction', (await p.refresh()).headers.get('set-cookie')?.slice(60));
});
it('Response body reuse', async () => {
  const r = Response.json({error:'x'},{status:401});
  const { browser } = createFixture({ verifyCredentials: () => r }); const p = browser();
  const go = async () => { const a = await p.post('/auth/login',{body:'{}',headers:{'Content-Type':'application/json'}}); await a.text(); return a.status; };
  console.log('shared Response', await go(), await go());
});
it('Response 200 w cookie / cors', async () => {
  const { browser } = createFixture({ verifyCredentials: () => new Response(null,{status:302,headers:{Location:'https://evil', 'Access-Control-Allow-Origin':'*','Set-Cookie':'a=b'}}) }); const p = browser();
  const a = await p.post('/auth/login',{body:'{}',headers:{'Content-Type':'application/json'}}); console.log(a.status, [...a.headers]);
});
it('loadUser other user', async () => {
  const { browser, authority } = createFixture({ loadUser: () => ({ id: 'bob', name: 'BOB' }), profile: u => u, claims: u => ({ role: u.name }) }); const p = browser(); await p.signIn('ann');
  const t = await tokens(await p.refresh()); console.log('mismatch', (await authority.verify(t.access_token)), t.user);
});
it('path profile: sign-out with binder missing', async () => {
  const { browser } = createFixture({ cookie: { profile: 'path' } }); const p = browser(); await p.signIn(); const c = p.copy(); c.jar.delete('__Host-refresh-binder');
  const a = await c.signOut(); console.log('no binder signout', a.status, a.headers.getSetCookie(), (await p.refresh()).status);
});
it('duplicate key concurrency strict', async () => {
  const { browser } = createFixture({ graceMs: 0 }); const p = browser(); await p.signIn();
  const many = await Promise.all(Array.from({length: 30}, () => p.copy().refresh('same'))); console.log('30 same key strict', new Set(many.map(r=>r.status)), new Set(many.map(r=>r.headers.get('set-cookie'))).size);
  console.log('then', (await p.refresh('same')).status);
});
