/** How the refresh endpoint is to behave. */
export type RefreshMode =
  | { readonly mode: 'ok' }
  | { readonly mode: '503'; readonly retryAfterSeconds?: number }
  | { readonly mode: 'hang'; readonly delayMs: number };

export interface RefreshFault {
  current(): RefreshMode;
  /** Also lets go of answers that the mode before has held back. */
  set(mode: RefreshMode): void;
  apply(answer: () => Promise<Response>): Promise<Response>;
  release(): void;
}

/** What stands in front of the refresh endpoint and breaks it on demand. */
export function createRefreshFault(): RefreshFault {
  let current: RefreshMode = { mode: 'ok' };
  const held = new Set<() => void>();
  const release = () => {
    for (const letGo of held) letGo();
  };

  const hold = (delayMs: number) =>
    new Promise<void>((resolve) => {
      const letGo = () => {
        clearTimeout(timer);
        held.delete(letGo);
        resolve();
      };
      const timer = setTimeout(letGo, delayMs);
      held.add(letGo);
    });

  return {
    current: () => current,
    set(mode) {
      current = mode;
      release();
    },
    release,
    async apply(answer) {
      const fault = current;
      if (fault.mode === '503') {
        const { retryAfterSeconds } = fault;
        const headers = { ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }) };
        return Response.json({ error: 'temporarily_unavailable' }, { status: 503, headers });
      }
      const response = await answer();
      // The harder of the two ways to hang: the token is spent, and the answer that says so is on its way.
      // Nothing is lost with any other answer.
      if (fault.mode === 'hang' && response.status === 200) await hold(fault.delayMs);
      return response;
    },
  };
}
