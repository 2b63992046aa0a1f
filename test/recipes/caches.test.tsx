import { type ApolloClient, gql } from '@apollo/client';
import { ApolloProvider, useQuery as useApolloQuery } from '@apollo/client/react';
import type { EnhancedStore } from '@reduxjs/toolkit';
import { type QueryClient, QueryClientProvider, type queryOptions, useQuery } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import type { Client as UrqlClient } from '@urql/core';
import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Provider } from 'react-redux';
import useSWR from 'swr';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { authErrorOf } from '../../src/index.ts';
import type * as silentRefreshReact from '../../src/react/index.ts';
import { routes } from './callers.ts';
import { openPage, recipe } from './page.ts';

interface Me {
  readonly name: string;
}

/** How a page shows who is signed in, as a recipe has it. */
interface Screen {
  /** What the recipe has around the app. */
  readonly Around?: ComponentType<{ children: ReactNode }>;
  /** What it has below `<SignedIn>`. */
  readonly Within?: ComponentType<{ children: ReactNode }>;
  readonly useMe: () => Me | undefined;
}

const query = gql`
  query {
    name
  }
`;

const screens: readonly { file: string; asks: string; open(): Promise<Screen> }[] = [
  {
    file: 'tanstack-query.ts',
    asks: 'GET /api/me',
    open: async () => {
      type Query = { queryClient: QueryClient; me: ReturnType<typeof queryOptions<Me>> };
      const { queryClient, me } = await recipe<Query>('tanstack-query.ts');
      return {
        Around: ({ children }) => <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>,
        useMe: () => useQuery(me).data,
      };
    },
  },
  {
    file: 'swr.tsx',
    asks: 'GET /api/me',
    open: async () => {
      const { Data } = await recipe<{ Data: ComponentType<{ children: ReactNode }> }>('swr.tsx');
      return { Within: Data, useMe: () => useSWR<Me>('/api/me').data };
    },
  },
  {
    file: 'rtk-query.ts',
    asks: 'GET /api/me',
    open: async () => {
      type Rtk = { store: EnhancedStore; api: { useMeQuery(): { data?: Me } } };
      const { store, api } = await recipe<Rtk>('rtk-query.ts');
      return {
        Around: ({ children }) => <Provider store={store}>{children}</Provider>,
        useMe: () => api.useMeQuery().data,
      };
    },
  },
  {
    file: 'apollo.ts',
    asks: 'POST /graphql',
    open: async () => {
      const { client } = await recipe<{ client: ApolloClient }>('apollo.ts');
      return {
        Around: ({ children }) => <ApolloProvider client={client}>{children}</ApolloProvider>,
        useMe: () => useApolloQuery<Me>(query).data as Me | undefined,
      };
    },
  },
  {
    file: 'urql.ts',
    asks: 'POST /graphql',
    open: async () => {
      const { createGraphQLClient } = await recipe<{ createGraphQLClient(): UrqlClient }>('urql.ts');
      const useMe = () => {
        const [client] = useState(createGraphQLClient);
        const [me, setMe] = useState<Me>();
        useEffect(() => client.query<Me>(query, {}).subscribe(({ data }) => setMe(data)).unsubscribe, [client]);
        return me;
      };
      return { useMe };
    },
  },
];

const Bare = ({ children }: { children: ReactNode }) => children;

describe.each(screens)('a page with the recipe $file', ({ asks, open }) => {
  const openScreen = async ({ isStalled = false, isEnded = false } = {}) => {
    const page = await openPage(routes);
    const { Around = Bare, Within = Bare, useMe } = await open();
    const { AuthProvider, SignedIn } = (await import('silent-refresh/react')) as typeof silentRefreshReact;
    const Name = () => <p>{useMe()?.name ?? 'nobody yet'}</p>;
    await page.signIn('Ada');
    if (isEnded) await page.endSession();
    page.server.takeAsked();
    const release = isStalled ? page.server.stall() : () => {};
    render(
      <AuthProvider client={page.auth}>
        <Around>
          <SignedIn>
            <Within>
              <Name />
            </Within>
          </SignedIn>
        </Around>
      </AuthProvider>,
    );
    onTestFinished(cleanup);
    const shown: string[] = [];
    const watching = new MutationObserver(() => void shown.push(document.body.textContent));
    watching.observe(document.body, { subtree: true, childList: true, characterData: true });
    onTestFinished(() => watching.disconnect());
    return { ...page, shown, release };
  };

  it('shows nothing of one user to the next', async () => {
    const { signIn, server, shown } = await openScreen();
    await screen.findByText('Ada');
    shown.splice(0);
    await signIn('Bob');
    await screen.findByText('Bob');
    expect(shown).not.toContain('Ada');
    expect(server.asked).toEqual([asks, 'POST /auth/login', asks]);
  });

  it('drops what was under way for the user before', async () => {
    const { signIn, server, shown, release } = await openScreen({ isStalled: true });
    await waitFor(() => expect(server.asked).toEqual([asks]));
    await signIn('Bob');
    await waitFor(() => expect(server.asked).toEqual([asks, 'POST /auth/login', asks]));
    release();
    await screen.findByText('Bob');
    expect(shown).not.toContain('Ada');
  });

  it('shows what was held, after a forced re-login', async () => {
    const { signIn, server, held } = await openScreen({ isEnded: true });
    await held(1);
    expect(document.body.textContent).toBe('nobody yet');
    await signIn('Ada');
    await screen.findByText('Ada');
    expect(server.asked).toEqual([asks, 'POST /auth/refresh', 'POST /auth/login', asks]);
  });
});

it('does not let SWR retry what is our error (swr.tsx)', async () => {
  const { auth } = await openPage(routes);
  const { Data } = await recipe<{ Data: ComponentType<{ children: ReactNode }> }>('swr.tsx');
  const asked = vi.spyOn(auth, 'authFetch');
  await auth.ready();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  const Code = () => <p>{authErrorOf(useSWR('/api/me').error)?.code}</p>;
  render(
    <Data>
      <Code />
    </Data>,
  );
  onTestFinished(cleanup);
  await screen.findByText('unauthenticated');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledOnce();
});
