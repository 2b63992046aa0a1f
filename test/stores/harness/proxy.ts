import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** When the connection breaks: before the database has the request, or when it answers. */
type Fate = 'cut-before' | 'cut-after';

/** Stands between a client and a database on loopback, and breaks the connection when it is told to. */
export interface DatabaseProxy {
  readonly port: number;
  /** The next request that contains `text` meets this fate; those after it do not. Resolves when it has. */
  next(text: string, fate: Fate): Promise<void>;
  /** Answers nothing until the function that it returns is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export async function startProxy(upstreamPort: number): Promise<DatabaseProxy> {
  const sockets = new Set<Socket>();
  let planned: { text: string; fate: Fate; met(): void } | undefined;
  let held: Promise<void> = Promise.resolve();

  function join(client: Socket): void {
    const upstream = connect(upstreamPort, '127.0.0.1');
    let cutAnswer = false;
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (chunk) => {
      if (planned && chunk.includes(planned.text)) {
        const { fate, met } = planned;
        planned = undefined;
        met();
        if (fate === 'cut-before') return cut();
        cutAnswer = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', async (chunk) => {
      if (cutAnswer) return cut();
      await held;
      client.write(chunk);
    });
  }

  const server = createServer(join);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    next: (text, fate) =>
      new Promise((met) => {
        planned = { text, fate, met };
      }),
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        held = Promise.resolve();
        release();
      };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
