import { type ApolloClient, gql } from '@apollo/client';
import type { EnhancedStore } from '@reduxjs/toolkit';
import type { QueryClient, queryOptions } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import { type Client as UrqlClient, gql as urqlGql } from '@urql/core';
import type { AxiosInstance } from 'axios';
import { buildSchema, graphql } from 'graphql';
import type { KyInstance } from 'ky';
import type { Client as OpenApiClient } from 'openapi-fetch';
import { authErrorOf } from '../../src/index.ts';
import type { Authority } from '../../src/server/index.ts';
import { recipe } from './page.ts';
import type { AppServerOptions, Route } from './server.ts';

interface Me {
  readonly name: string;
}

/** One way to ask who is signed in, by a library that is set up as its recipe says. */
interface Caller {
  /** Asks. An abort cancels the call in the library's own way. */
  load(signal: AbortSignal): Promise<Me>;
  /** Our error's code, found as the recipe says. */
  codeOf(error: unknown): string | undefined;
}

const codeOf = (error: unknown) => authErrorOf(error)?.code;

const me: Route = (_request, claims) => Response.json({ name: claims.name });

const schema = buildSchema('type Query { name: String! }');
const answerGraphql: Route = async (request, claims) => {
  const { query } = (await request.json()) as { query: string };
  return Response.json(await graphql({ schema, source: query, rootValue: { name: claims.name } }));
};

/** Every route that a recipe asks. */
export const routes: AppServerOptions = {
  api: { 'GET /api/me': me, 'POST /graphql': answerGraphql },
  open: {
    '/trpc/me': async (request, guard) => {
      type Served = { serve(authority: Pick<Authority, 'guard'>, request: Request): Promise<Response> };
      return (await recipe<Served>('router.ts')).serve({ guard }, request);
    },
  },
};

export interface Recipe {
  readonly file: string;
  readonly asks: string;
  /** The recipe clears a cache when a user leaves, and calls that are under way with it. */
  readonly clearsCache?: boolean;
  open(): Promise<Caller>;
}

export const recipes: readonly Recipe[] = [
  {
    file: 'fetch.ts',
    asks: 'GET /api/me',
    open: async () => {
      const { loadMe } = await recipe<{ loadMe(init?: RequestInit): Promise<Me> }>('fetch.ts');
      return { load: (signal) => loadMe({ signal }), codeOf };
    },
  },
  {
    file: 'axios.ts',
    asks: 'GET /api/me',
    open: async () => {
      const { api } = await recipe<{ api: AxiosInstance }>('axios.ts');
      return { load: async (signal) => (await api.get<Me>('/me', { signal })).data, codeOf };
    },
  },
  {
    file: 'ky.ts',
    asks: 'GET /api/me',
    open: async () => {
      const { api } = await recipe<{ api: KyInstance }>('ky.ts');
      return { load: (signal) => api.get('me', { signal }).json<Me>(), codeOf };
    },
  },
  {
    file: 'openapi-fetch.ts',
    asks: 'GET /api/me',
    open: async () => {
      type Paths = { '/api/me': { get: { responses: { 200: { content: { 'application/json': Me } } } } } };
      const { api } = await recipe<{ api: OpenApiClient<Paths> }>('openapi-fetch.ts');
      return { load: async (signal) => (await api.GET('/api/me', { signal })).data as Me, codeOf };
    },
  },
  {
    file: 'tanstack-query.ts',
    clearsCache: true,
    asks: 'GET /api/me',
    open: async () => {
      type Query = { queryClient: QueryClient; me: Parameters<typeof queryOptions>[0] };
      const { queryClient, me } = await recipe<Query>('tanstack-query.ts');
      const load = (signal: AbortSignal) => {
        signal.onabort = () => void queryClient.cancelQueries();
        return queryClient.fetchQuery(me) as Promise<Me>;
      };
      return { load, codeOf };
    },
  },
  {
    file: 'rtk-query.ts',
    clearsCache: true,
    asks: 'GET /api/me',
    open: async () => {
      type Query = { abort(): void; unwrap(): Promise<Me> };
      type Api = { endpoints: { me: { initiate(): () => Query } } };
      const { api, store } = await recipe<{ api: Api; store: EnhancedStore }>('rtk-query.ts');
      const load = (signal: AbortSignal) => {
        const query = store.dispatch(api.endpoints.me.initiate() as never) as Query;
        signal.onabort = () => query.abort();
        return query.unwrap();
      };
      return { load, codeOf: (error) => (error as { error?: string }).error };
    },
  },
  {
    file: 'apollo.ts',
    clearsCache: true,
    asks: 'POST /graphql',
    open: async () => {
      const { client } = await recipe<{ client: ApolloClient }>('apollo.ts');
      const query = gql`
        query {
          name
        }
      `;
      const load = async (signal: AbortSignal) =>
        (await client.query<Me>({ query, context: { fetchOptions: { signal } } })).data as Me;
      return { load, codeOf };
    },
  },
  {
    file: 'urql.ts',
    asks: 'POST /graphql',
    open: async () => {
      const { createGraphQLClient } = await recipe<{ createGraphQLClient(): UrqlClient }>('urql.ts');
      const client = createGraphQLClient();
      const query = urqlGql`
        query {
          name
        }
      `;
      const load = (signal: AbortSignal) =>
        new Promise<Me>((resolve, reject) => {
          const { unsubscribe } = client.query(query, {}).subscribe(({ data, error }) => {
            if (error) reject(error);
            else resolve(data);
          });
          signal.onabort = () => {
            unsubscribe();
            reject(signal.reason);
          };
        });
      return { load, codeOf: (error) => codeOf((error as { networkError?: unknown }).networkError) };
    },
  },
  {
    file: 'trpc.ts',
    asks: 'GET /trpc/me',
    open: async () => {
      type Trpc = { me: { query(input: undefined, options: { signal: AbortSignal }): Promise<Me> } };
      const { trpc } = await recipe<{ trpc: Trpc }>('trpc.ts');
      return {
        load: (signal) => trpc.me.query(undefined, { signal }),
        codeOf: (error) => (error instanceof TRPCClientError ? codeOf(error) : undefined),
      };
    },
  },
];
