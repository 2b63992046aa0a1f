import type { AuthClient } from 'silent-refresh';

const UNAUTHORIZED = 4401;
const MAX_WAIT_MS = 30_000;

/** Receives messages until `signal` is aborted: connects again whenever the socket is closed, with a token that is good. */
export async function listen(auth: AuthClient, url: string, onMessage: (text: string) => void, signal: AbortSignal) {
  let failures = 0;
  let refused: string | undefined;
  while (!signal.aborted) {
    try {
      const token = await auth.getAccessToken({ signal, newerThan: refused });
      const code = await receive(url, token, signal, (text) => {
        failures = 0;
        onMessage(text);
      });
      refused = code === UNAUTHORIZED ? token : undefined;
    } catch {
      refused = undefined; // no token for now: signed out, or the server cannot be reached
    }
    failures += 1;
    await sleep(Math.random() * Math.min(MAX_WAIT_MS, 200 * 2 ** failures));
  }
}

/** One socket, to its end. Resolves with the close code. */
function receive(url: string, token: string, signal: AbortSignal, onMessage: (text: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const close = () => socket.close();
    signal.addEventListener('abort', close, { once: true });
    socket.onopen = () => socket.send(token);
    socket.onmessage = ({ data }) => onMessage(String(data));
    socket.onclose = ({ code }) => {
      signal.removeEventListener('abort', close);
      resolve(code);
    };
  });
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
