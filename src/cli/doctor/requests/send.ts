import { readBody } from '../../../auth-server/classify-response.ts';
import { asciiLowerCase } from '../../../server/http/header-text.ts';
import type { Answer, EndpointName, Exchange, Step } from '../exchange.ts';
import { headersAskedFor, relationTo, type Target } from '../target.ts';
import { readTokensOf } from '../tokens-of.ts';
import type { CookieJar } from './cookie-jar.ts';

/** A request, as far as it is not what the client of this package sends. */
interface Question {
  /** Default: the endpoint's. */
  readonly method?: 'GET' | 'OPTIONS';
  /** Default: the origin of the app's pages. */
  readonly origin?: string;
  /** The idempotency key. */
  readonly key?: string;
  /** Whether the header is left out that no form of another site can send. */
  readonly isLikeForm?: boolean;
  readonly contentType?: string;
  readonly body?: string;
  /** The cookies to send; it keeps those that the answer sets. */
  readonly jar?: CookieJar;
}

/** Makes one request. Never rejects, and follows no redirect. */
export type Send = (step: Step, endpoint: EndpointName, question?: Question) => Promise<Exchange>;

/** What it needs of the world. */
export interface Transport {
  fetch(url: string, init: RequestInit): Promise<Response>;
  now(): number;
}

/** More than any token response has. */
const MAX_BODY_BYTES = 256 * 1024;

/** Sends what a browser would send for the client of this package; each request is given up after `timeoutMs`. */
export function createSend(target: Target, timeoutMs: number, transport: Transport): Send {
  return async (step, endpoint, question = {}) => {
    const { method = target.methods[endpoint], origin = target.pageOrigin, body, jar } = question;
    const url = target.endpoints[endpoint];
    const cookies = new Map(jar?.cookies);
    const asked = { step, endpoint, method, origin, cookies, sentAt: transport.now() };
    const headers = {
      Accept: 'application/json',
      Origin: origin,
      'Sec-Fetch-Site': relationTo({ ...target, pageOrigin: origin }, url),
      'Sec-Fetch-Mode': 'cors',
      'Sec-Fetch-Dest': 'empty',
      ...(cookies.size > 0 && { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
      ...(method === 'OPTIONS' ? ofPreflight(target, endpoint) : ofClient(target, question)),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await transport.fetch(url.href, {
        method,
        headers,
        redirect: 'manual',
        signal,
        ...(body !== undefined && { body }),
      });
      const answer = await read(response, target);
      jar?.keep(answer.setCookies);
      return { ...asked, receivedAt: transport.now(), answer };
    } catch (cause) {
      const failure = signal.aborted ? `none came within ${timeoutMs / 1000} s` : codeOf(cause);
      return { ...asked, receivedAt: transport.now(), answer: undefined, failure };
    }
  };
}

/** What a browser asks before it sends the client's request. */
function ofPreflight(target: Target, endpoint: EndpointName): Record<string, string> {
  return {
    'Access-Control-Request-Method': target.methods[endpoint],
    'Access-Control-Request-Headers': headersAskedFor(target, endpoint).map(asciiLowerCase).sort().join(','),
  };
}

function ofClient({ headers }: Target, { key, isLikeForm = false, contentType }: Question): Record<string, string> {
  return {
    ...(!isLikeForm && { [headers.client]: '1' }),
    ...(key !== undefined && { [headers.idempotencyKey]: key }),
    ...(contentType !== undefined && { 'Content-Type': contentType }),
  };
}

async function read(response: Response, { answerFields }: Target): Promise<Answer> {
  const { status, headers } = response;
  const body = await readBody(new Response(response.body?.pipeThrough(bounded(MAX_BODY_BYTES)) ?? null));
  return { status, headers, setCookies: headers.getSetCookie(), body, read: readTokensOf(body, answerFields) };
}

function bounded(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.length;
      if (length > maxBytes) controller.error(Object.assign(new Error(), { code: 'BODY_TOO_LARGE' }));
      else controller.enqueue(chunk);
    },
  });
}

// Not the message: it may hold the address.
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  }
  return 'the connection failed';
}
