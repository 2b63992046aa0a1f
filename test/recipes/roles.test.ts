import { expect, it, onTestFinished, vi } from 'vitest';
import type { Authority } from '../../src/server/index.ts';
import { documented, openPage } from './page.ts';
import { type User, users } from './server.ts';

const isMember = vi.fn(async (_userId: string, organisation: string) => organisation === 'acme');
// What the document declares, an app has.
vi.stubGlobal('isMember', isMember);
vi.stubGlobal('findUser', async (id: string) => users.get(id));

/** A page of docs/roles.md whose user has no organisation yet. */
const openOrganisations = async () => {
  const page = await openPage(
    {
      authorityOptions: { claims: (_user, { data }) => ({ org_id: data.organisation }) },
      open: {
        '/api/organisation': async (request, _guard, authority) => {
          type Served = { switchOrganisation(request: Request, authority: Authority<User>): Promise<Response> };
          return (await documented<Served>('docs/roles.md/organisation-server.ts')).switchOrganisation(
            request,
            authority,
          );
        },
      },
      api: { 'GET /api/orders': (_request, { org_id }) => Response.json(org_id) },
    },
    'docs/roles.md/organisation.ts',
  );
  type Page = { switchTo(organisation: string): Promise<void> };
  const { switchTo } = await documented<Page>('docs/roles.md/organisation.ts');
  await page.signIn('Ada');
  page.server.takeAsked();
  const left: unknown[] = [];
  onTestFinished(page.auth.onUserLeft((claims) => void left.push(claims?.org_id)));
  return { ...page, switchTo, left };
};

it('switches to another organisation as to another user', async () => {
  const { auth, switchTo, left, server } = await openOrganisations();
  await switchTo('acme');
  expect(auth.getSession()).toMatchObject({ status: 'authenticated', claims: { sub: '1', org_id: 'acme' } });
  expect(left).toEqual([undefined]);
  await auth.refresh();
  expect(await (await auth.authFetch('/api/orders')).json()).toBe('acme');
  expect(server.asked).toEqual(['POST /api/organisation', 'POST /auth/refresh', 'GET /api/orders']);
});

it('stays where it is if the user is no member', async () => {
  const { auth, switchTo, left } = await openOrganisations();
  await switchTo('evil');
  expect(auth.getSession().claims).not.toHaveProperty('org_id');
  expect(left).toEqual([]);
});
