import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Terminal } from '../../../../src/cli/command.ts';
import { runDoctor } from '../../../../src/cli/doctor/doctor.ts';
import { authRoutes } from '../../../../src/node/index.ts';
import type { AuthorityOptions } from '../../../../src/server/index.ts';
import { createFixture, type User } from '../../server/fixture.ts';

export const PASSWORD = 'right';
export const CREDENTIALS = ['--user', 'ann', '--password', PASSWORD, '--user-field', 'id'];

/** Answers in place of the authority, or changes the request before it, or its answer. */
export type Change = (request: Request, handle: (request: Request) => Promise<Response>) => Promise<Response>;

interface Report {
  readonly requests: number;
  readonly counts: Record<'ok' | 'warning' | 'error', number>;
  readonly findings: readonly { check: string; level: string; subject: string; seen: string }[];
  readonly notChecked: readonly string[];
}

interface Run {
  readonly status: number;
  readonly output: string;
  readonly warnings: string;
}

export interface Server {
  /** Where it listens. */
  readonly origin: string;
  readonly fixture: ReturnType<typeof createFixture>;
  /** All refresh cookies and access tokens that it has given out. */
  readonly secrets: ReadonlySet<string>;
  /** Runs the doctor; `as`: the address by which it knows the server, as behind a proxy that ends TLS. */
  doctor(args: readonly string[], as?: string): Promise<Run>;
  /** What is not well, and the whole report. */
  report(args: readonly string[], as?: string): Promise<Report & { readonly problems: readonly string[] }>;
}

/** A real server on this machine, with the authority, and one thing changed. */
export async function serve(options: Partial<AuthorityOptions<User>> = {}, change?: Change): Promise<Server> {
  const fixture = createFixture({ cookie: { profile: 'dev' }, now: () => Date.now(), ...options });
  const secrets = new Set<string>();
  const { authority } = fixture;
  const handle = async (request: Request): Promise<Response> => {
    const answer = await (change === undefined ? authority.handle(request) : change(request, authority.handle));
    for (const cookie of answer.headers.getSetCookie()) secrets.add(cookie.split(';')[0]?.split('=')[1] ?? '');
    const { access_token } = await answer
      .clone()
      .json()
      .catch(() => ({}));
    secrets.add(access_token ?? '');
    secrets.delete('');
    return answer;
  };
  const server = createServer(authRoutes({ ...authority, handle }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const doctor: Server['doctor'] = async (args, as = origin) => {
    const { terminal, written, warned } = createTerminal();
    const transport = {
      fetch: (url: string, init: RequestInit) => fetch(url.replace(as, origin), init),
      now: Date.now,
    };
    const status = await runDoctor([as, ...args], terminal, transport);
    return { status, output: written.join('\n'), warnings: warned.join('\n') };
  };
  return {
    origin,
    fixture,
    secrets,
    doctor,
    async report(args, as) {
      const { output } = await doctor([...args, '--json'], as);
      const report: Report = JSON.parse(output);
      return { ...report, problems: report.findings.filter(({ level }) => level !== 'ok').map(problem) };
    },
  };
}

/** A terminal that remembers what was written, and where nobody answers questions. */
export function createTerminal(env: Terminal['env'] = {}, answer?: string) {
  const written: string[] = [];
  const warned: string[] = [];
  const terminal: Terminal = {
    env,
    write: (text) => void written.push(text),
    warn: (text) => void warned.push(text),
    askSecret: async () => answer,
  };
  return { terminal, written, warned };
}

/** The answer with a header changed; `undefined` takes it away. */
export function withHeader(answer: Response, name: string, value: string | undefined): Response {
  const headers = new Headers(answer.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return new Response(answer.body, { status: answer.status, headers });
}

/** The answer with every `Set-Cookie` changed. */
export function withCookies(answer: Response, change: (cookie: string) => string): Response {
  const headers = new Headers(answer.headers);
  headers.delete('Set-Cookie');
  for (const cookie of answer.headers.getSetCookie()) headers.append('Set-Cookie', change(cookie));
  return new Response(answer.body, { status: answer.status, headers });
}

/** The answer with its JSON changed, where it has any. */
export async function withBody(
  answer: Response,
  change: (body: Record<string, unknown>) => unknown,
): Promise<Response> {
  if (answer.status !== 200) return answer;
  return new Response(JSON.stringify(change(await answer.json())), { status: 200, headers: answer.headers });
}

function problem({ check, level }: Report['findings'][number]): string {
  return `${level} ${check}`;
}
