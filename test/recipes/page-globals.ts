/** What a browser adds to the `fetch` of Node: relative addresses, cookies, and the headers that say who asks. */
const { fetch: send, Request: NodeRequest } = globalThis;
/** By origin: each test has a server of its own, and a browser without cookies for it. */
const cookies = new Map<string, Map<string, string>>();

class PageRequest extends NodeRequest {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(input instanceof NodeRequest ? input : new URL(String(input), document.baseURI).href, init);
  }
}

const jarOf = (origin: string): Map<string, string> => {
  const jar = cookies.get(origin) ?? new Map<string, string>();
  cookies.set(origin, jar);
  return jar;
};

globalThis.Request = PageRequest;
globalThis.fetch = async (input, init) => {
  const request = new PageRequest(input, init);
  const jar = jarOf(new URL(request.url).origin);
  const headers = new Headers(request.headers);
  headers.set('Origin', location.origin);
  headers.set('Sec-Fetch-Site', 'same-origin');
  if (jar.size > 0) headers.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '));
  const response = await send(request, { headers });
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
  return response;
};
