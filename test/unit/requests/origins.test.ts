import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createDestinations, isRequest, parseOrigin, resolve } from '../../../src/requests/origins.ts';

const OWN = 'https://app.example';
const PAGE = `${OWN}/shop/cart?x=1#top`;
const allowed = new Set(['https://api.good.example', 'http://localhost:3000']);

const getsToken = (input: RequestInfo | URL, base = PAGE, own = OWN): boolean =>
  createDestinations(allowed)(input, base, own) !== undefined;

describe('a token goes to', () => {
  it.each([
    '/orders',
    'orders',
    '?page=2',
    '#part',
    '',
    './../orders',
    'https://app.example/orders',
    'https://APP.EXAMPLE/orders',
    'https://app.example:443/',
    '//app.example/orders',
    ' https://app.example/orders ',
    'https://api.good.example/v1',
    'HTTPS://API.GOOD.EXAMPLE/v1',
    'https://api.good.example:443/v1',
    'https:\\\\api.good.example\\v1',
    'https://api.good.example/https://evil.test/',
    'https://api.good.example/?next=https://evil.test',
    'http://localhost:3000/v1',
  ])('%s', (address) => {
    expect(getsToken(address)).toBe(true);
  });

  it('a URL and a Request for the page’s own origin', () => {
    expect(getsToken(new URL('/orders', OWN))).toBe(true);
    expect(getsToken(new Request('https://app.example/orders'))).toBe(true);
  });
});

describe('a page that came by plain http', () => {
  it.each(['http://app.test', 'http://192.168.0.5:5173'])(
    'has tokens sent to its own origin, %s, by which they came (C-23)',
    (own) => {
      expect(getsToken('/orders', `${own}/`, own)).toBe(true);
      expect(getsToken(`${own}/orders`, `${own}/`, own)).toBe(true);
    },
  );

  it.each([
    'http://app.test:8080/',
    'https://app.test/',
    'http://sub.app.test/',
    'http://api.good.example/',
    'ws://app.test/',
    'blob:http://app.test/5c1b',
  ])('has none sent to %s (C-23)', (address) => {
    expect(getsToken(address, 'http://app.test/', 'http://app.test')).toBe(false);
  });
});

describe('no token goes to (BB-1)', () => {
  it.each<[string, string]>([
    ['a foreign origin', 'https://evil.test/'],
    ['the allowed one as the beginning of another', 'https://api.good.example.evil.test/'],
    ['the allowed one as the end of another', 'https://evilapi.good.example/'],
    ['the allowed one as a user name', 'https://api.good.example@evil.test/'],
    ['the allowed one as user name and password', 'https://api.good.example:443@evil.test/'],
    ['the allowed one in the path', 'https://evil.test/https://api.good.example'],
    ['the allowed one in the query', 'https://evil.test/?https://api.good.example'],
    ['the allowed one in the fragment', 'https://evil.test/#https://api.good.example'],
    ['the allowed one with another letter for its dot', 'https://apixgood.example/'],
    ['a foreign origin without its scheme', '//evil.test/'],
    ['a foreign origin without its scheme, by backslashes', '\\\\evil.test/'],
    ['a foreign origin without its scheme, mixed', '/\\evil.test/'],
    ['a foreign origin after white space', '\t//evil.test/'],
    ['a foreign origin broken by a line feed', '/\n/evil.test/'],
    ['a foreign origin broken by a tab', 'ht\ttps://evil.test/'],
    ['the allowed one by plain http', 'http://api.good.example/'],
    ['the own one by plain http', 'http://app.example/'],
    ['another port of the allowed one', 'https://api.good.example:8443/'],
    ['another port of the own one', 'https://app.example:444/'],
    ['another port of the loopback', 'http://localhost:3001/'],
    ['another name of the loopback', 'http://127.0.0.1:3000/'],
    ['a trailing dot', 'https://api.good.example./'],
    ['a subdomain', 'https://x.api.good.example/'],
    ['the domain above', 'https://good.example/'],
    ['a look-alike letter', 'https://api.gооd.example/'],
    ['a look-alike in punycode', 'https://xn--app-example.test/'],
    ['a slash that is none', 'https://evil.test∕.api.good.example/'],
    ['a data URL', 'data:text/plain,https://api.good.example'],
    ['a blob URL of the own origin', 'blob:https://app.example/5c1b'],
    ['a blob URL of the allowed one', 'blob:https://api.good.example/5c1b'],
    ['javascript', 'javascript:void 0'],
    ['a file', 'file:///etc/passwd'],
    ['a socket', 'wss://api.good.example/'],
    ['ftp', 'ftp://api.good.example/'],
    ['a name of its own scheme', 'app.example:443/orders'],
    ['an encoded host that decodes to another', 'https://api.good.example%2eevil.test/'],
  ])('%s', (_, address) => {
    expect(getsToken(address)).toBe(false);
  });

  it('what fetch would refuse', () => {
    expect(resolve('https://', PAGE)).toBeUndefined();
    expect(resolve('https://a b/', PAGE)).toBeUndefined();
    expect(resolve('/orders', undefined)).toBeUndefined();
  });

  it('a URL or Request object of another realm', () => {
    expect(getsToken(new URL('https://evil.test/'))).toBe(false);
    expect(getsToken(new Request('https://evil.test/'))).toBe(false);
  });

  it.each<[string, unknown]>([
    [
      'a URL of another frame, a polyfill or location',
      { href: 'https://evil.test/', toString: () => 'https://evil.test/' },
    ],
    ['an array', ['https://evil.test/']],
  ])('%s whose text is a foreign address', (_, input) => {
    expect(getsToken(input as URL)).toBe(false);
  });

  it('where a base element points: the page’s origin is its own', () => {
    expect(getsToken('orders', 'https://cdn.test/assets/', OWN)).toBe(false);
    expect(getsToken('https://app.example/orders', 'https://cdn.test/assets/', OWN)).toBe(true);
  });

  it('the opaque origin of a sandboxed page', () => {
    expect(getsToken('data:,x', 'about:srcdoc', 'null')).toBe(false);
    expect(getsToken('blob:null/5c1b', 'about:srcdoc', 'null')).toBe(false);
  });

  it('anything but the listed, if the page has no origin', () => {
    const destinationOf = createDestinations(allowed);
    expect(destinationOf('https://app.example/', undefined, undefined)).toBeUndefined();
    expect(destinationOf('https://api.good.example/', undefined, undefined)).toBeDefined();
  });
});

describe('a path, whose destination is found without a parser', () => {
  const bases = [
    PAGE,
    'http://app.example/',
    'https://user:word@app.example/',
    'https://cdn.test/assets/',
    'https://api.good.example/',
    'blob:https://app.example/5c1b',
    'data:text/html,x',
    'about:srcdoc',
    'file:///home/index.html',
    'app://app.example/',
    'no address',
    undefined,
  ];
  const text = fc.string({
    unit: fc.constantFrom('/', '\\', '\t', '\n', '\r', ' ', 'a', '.', '@', ':', '?', '#', '%', 'é', '\ud800'),
  });

  it('goes where the parser would have sent it, whatever it and its base are', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(...bases),
        fc.constantFrom(OWN, 'http://app.example', 'null'),
        (rest, base, own) => {
          const url = resolve(`/${rest}`, base);
          const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
          const expected = isWeb && (url.origin === own || allowed.has(url.origin)) ? url : undefined;
          const found = createDestinations(allowed)(`/${rest}`, base, own);
          expect(found && new URL(found.href).href).toBe(expected?.href);
          expect(found?.origin).toBe(expected?.origin);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('follows a base element that comes and goes', () => {
    const destinationOf = createDestinations(allowed);
    const origins = [PAGE, 'https://cdn.test/', 'https://api.good.example/', PAGE].map(
      (base) => destinationOf('/orders', base, OWN)?.origin,
    );
    expect(origins).toEqual([OWN, undefined, 'https://api.good.example', OWN]);
  });
});

describe('plain http (BB-19)', () => {
  it.each<[string, boolean]>([
    ['http://localhost:5173', true],
    ['http://app.localhost', true],
    ['http://127.0.0.1:5173', true],
    ['http://127.8.9.10', true],
    ['http://[::1]:5173', true],
    ['http://0.0.0.0', false],
    ['http://10.0.0.1', false],
    ['http://128.0.0.1', false],
    ['http://localhost.evil.test', false],
    ['http://127.0.0.1.evil.test', false],
    ['http://notlocalhost', false],
    ['http://[::2]', false],
  ])('%s may be listed: %s', (origin, may) => {
    if (may) expect(parseOrigin(origin)).toBe(origin);
    else expect(() => parseOrigin(origin)).toThrow('allowedOrigins');
  });
});

describe('an entry of allowedOrigins', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://API.example.com', 'https://api.example.com'],
    ['https://api.example.com:443', 'https://api.example.com'],
    ['https://api.example.com:8443', 'https://api.example.com:8443'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
  ])('%s names %s', (entry, origin) => {
    expect(parseOrigin(entry)).toBe(origin);
  });

  it.each<[string, unknown]>([
    ['no scheme', 'api.example.com'],
    ['a host and port alone', 'api.example.com:443'],
    ['a path', 'https://api.example.com/v1'],
    ['a query', 'https://api.example.com/?x'],
    ['an empty query', 'https://api.example.com?'],
    ['a fragment', 'https://api.example.com/#x'],
    ['a user', 'https://user@api.example.com'],
    ['plain http', 'http://api.example.com'],
    ['another scheme', 'ftp://api.example.com'],
    ['a socket', 'wss://api.example.com'],
    ['a socket on loopback', 'ws://localhost:3000'],
    ['a blob', 'blob:https://api.example.com/x'],
    ['a wildcard alone', '*'],
    ['a wildcard for a subdomain', 'https://*.example.com'],
    ['a wildcard for a host', 'https://*'],
    ['null', 'null'],
    ['nothing', ''],
    ['no text', undefined],
    ['a regular expression', /https:\/\/api\.example\.com/],
    ['a relative address', '/api'],
  ])('with %s is refused by a TypeError that names the option', (_, entry) => {
    expect(() => parseOrigin(entry as string)).toThrow(TypeError);
    expect(() => parseOrigin(entry as string)).toThrow('allowedOrigins');
  });
});

describe('an input', () => {
  /** What a `Request` of another frame looks like: of no class of this page. */
  const foreign = { [Symbol.toStringTag]: 'Request', url: 'https://app.example/' } as unknown as Request;
  /** As a polyfill's may be. */
  const unnamed = Object.defineProperty(new Request(PAGE), Symbol.toStringTag, { value: 'Polyfill' });

  it.each([
    { what: 'a Request', input: new Request(PAGE), is: true },
    { what: 'a Request of another frame', input: foreign, is: true },
    { what: 'a Request that is called something else', input: unnamed, is: true },
    { what: 'an address', input: PAGE, is: false },
    { what: 'a URL', input: new URL(PAGE), is: false },
  ])('that is $what is known as a Request: $is', ({ input, is }) => {
    expect(isRequest(input)).toBe(is);
  });

  it.each([
    { what: 'a Request of another frame', input: foreign, is: true },
    { what: 'a URL', input: new URL(PAGE), is: false },
  ])('that is $what is judged where there is no Request: $is', ({ input, is }) => {
    vi.stubGlobal('Request', undefined);
    try {
      expect(isRequest(input)).toBe(is);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
