import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** One address for several server processes: each request goes to the next of them. */
export interface LoadBalancer {
  /** `http://localhost:<port>` */
  readonly url: string;
  /** Paths of requests whose connection to a process broke under way; they are answered 502. */
  readonly cutOff: readonly string[];
  close(): Promise<void>;
}

export async function startLoadBalancer(ports: () => readonly number[]): Promise<LoadBalancer> {
  const cutOff: string[] = [];
  let turn = 0;

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, attempt = 0): void {
    const all = ports();
    turn += 1;
    const { method, headers, url: path } = incoming;
    const upstream = request(
      { host: '127.0.0.1', port: all[turn % all.length], method, headers, path, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.on('error', breakOff);
        answer.pipe(outgoing);
      },
    );
    function breakOff(): void {
      cutOff.push(path ?? '');
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    }
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      // Nothing was sent: the process is not there (yet), and another one is asked.
      if (error.code === 'ECONNREFUSED' && attempt < 10) forward(incoming, outgoing, body, attempt + 1);
      else breakOff();
    });
    upstream.end(body);
  }

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    forward(incoming, outgoing, Buffer.concat(chunks));
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://localhost:${typeof address === 'object' && address ? address.port : 0}`,
    cutOff,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
