import axios, { type InternalAxiosRequestConfig } from 'axios';
import { present } from './page.ts';

type Retried = InternalAxiosRequestConfig & { _retry?: boolean };

// The interceptor of most tutorials: a flag, a queue, and one replay.
present(async () => {
  let token: string | undefined;
  let isRefreshing = false;
  let queue: { resolve(token: string): void; reject(error: unknown): void }[] = [];
  const plain = axios.create();
  const api = axios.create();
  const refresh = async (): Promise<string> => (await plain.post('/auth/refresh')).data.access_token;
  api.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${token}`;
    return request;
  });
  api.interceptors.response.use(undefined, async (error) => {
    const request: Retried = error.config;
    if (error.response?.status !== 401 || request._retry) throw error;
    request._retry = true;
    if (isRefreshing) {
      await new Promise<string>((resolve, reject) => queue.push({ resolve, reject }));
      return api(request);
    }
    isRefreshing = true;
    try {
      const next = await refresh();
      token = next;
      for (const { resolve } of queue) resolve(next);
    } catch (failure) {
      for (const { reject } of queue) reject(failure);
      token = undefined; // and to the sign-in page
      throw failure;
    } finally {
      queue = [];
      isRefreshing = false;
    }
    return api(request);
  });
  token = await refresh().catch(() => undefined);
  return {
    signIn: async () => {
      token = (await plain.post('/auth/login')).data.access_token;
    },
    call: async (url) => (await api.get(url)).status,
    signOut: async () => {
      token = undefined;
      await plain.post('/auth/logout');
    },
    isSignedIn: () => token !== undefined,
  };
});
