import type { CDPSession } from 'playwright';

/** One tab, seen by DevTools' protocol. */
export interface Target {
  send(method: string, params?: object): Promise<unknown>;
  on(method: string, listener: (params: never) => void): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/**
 * Attaches to a tab without Playwright, which tells every page that it drives that it is visible. Its own connection is used
 * all the same: messages are wrapped into those of the browser.
 */
export const attach = async (devtools: CDPSession, targetId: string): Promise<Target> => {
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, (answer: Message) => void>();
  const listeners = new Map<string, (params: never) => void>();
  devtools.on('Target.receivedMessageFromTarget', (received) => {
    if (received.sessionId !== sessionId) return;
    const message = JSON.parse(received.message) as Message;
    if (message.method !== undefined) listeners.get(message.method)?.(message.params as never);
    if (message.id === undefined) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  let count = 0;
  return {
    on: (method, listener) => void listeners.set(method, listener),
    send: async (method, params = {}) => {
      const id = ++count;
      const answered = new Promise<Message>((resolve) => {
        waiting.set(id, resolve);
      });
      await devtools.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) });
      const { result, error } = await answered;
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
      return result;
    },
  };
};
