export type RefreshMode = 'ok' | '503' | 'hang';

/** What the demo server says of itself. */
export interface ServerState {
  readonly lifetimeSeconds: number;
  readonly refreshMode: RefreshMode;
  readonly counters: {
    readonly refreshRequests: number;
    readonly apiCalls: number;
    readonly apiRefusals: number;
    readonly expiredTokens: number;
  };
}

/** The state; `undefined` where the demo was started without switches, or cannot be reached. */
export const readServerState = (): Promise<ServerState | undefined> => ask('state');

export const setLifetime = (seconds: number): Promise<ServerState | undefined> => ask('lifetime', { seconds });

export const setRefreshMode = (mode: RefreshMode): Promise<ServerState | undefined> => ask('refresh-mode', { mode });

export const endSession = (): Promise<ServerState | undefined> => ask('revoke', {});

const ask = async (path: string, body?: object): Promise<ServerState | undefined> => {
  try {
    const response = await fetch(
      `/demo/${path}`,
      body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
    );
    return response.ok ? ((await response.json()) as ServerState) : undefined;
  } catch {
    return undefined;
  }
};
