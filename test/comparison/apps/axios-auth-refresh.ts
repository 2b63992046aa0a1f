import axios from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';
import { present } from './page.ts';

present(async () => {
  let token: string | undefined;
  const plain = axios.create();
  const api = axios.create();
  const refresh = async () => {
    const { data } = await plain.post('/auth/refresh');
    token = data.access_token;
  };
  api.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${token}`;
    return request;
  });
  createAuthRefresh(api, async (failed: { response: { config: { headers: Record<string, string> } } }) => {
    await refresh().catch((error: unknown) => {
      token = undefined;
      throw error;
    });
    failed.response.config.headers.Authorization = `Bearer ${token}`;
  });
  await refresh().catch(() => {});
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
