import { type Answer, status } from './fake-server.ts';
import { type Fault, kept, keptFor } from './fault-row.ts';

const html = { 'Content-Type': 'text/html' };
const noon = 'Tue, 01 Jan 2030 12:00:00 GMT';
const noonAnd5s = 'Tue, 01 Jan 2030 12:00:05 GMT';

/** A date in five seconds, by a server whose own clock the answer does not show: true time is the device's. */
const in5sByDevice: Answer = ({ at }) =>
  new Response(null, {
    status: 429,
    headers: { 'Retry-After': new Date(1_700_000_000_000 + at + 5000).toUTCString() },
  });

/** Statuses that say nothing about the session. */
export const statusFaults: readonly Fault[] = [
  { fault: '404', answer: () => status(404), ...kept('status 404') },
  { fault: '408', answer: () => status(408), ...kept('status 408') },
  { fault: '409', answer: () => status(409), ...kept('status 409') },
  { fault: '425', answer: () => status(425), ...kept('status 425') },
  { fault: '429 without `Retry-After`', answer: () => status(429), ...kept('status 429') },
  { fault: '429 with `Retry-After: 0`', answer: () => status(429, {}, { 'Retry-After': '0' }), ...kept('status 429') },
  {
    fault: '429 with `Retry-After: 5`',
    answer: () => status(429, {}, { 'Retry-After': '5' }),
    ...keptFor(5000, 'status 429'),
  },
  {
    fault: '429 with `Retry-After` as a date, by the server’s clock',
    answer: () => status(429, {}, { 'Retry-After': noonAnd5s, Date: noon }),
    ...keptFor(5000, 'status 429'),
  },
  {
    fault: '429 with `Retry-After` as a date, by the device’s clock',
    answer: () => in5sByDevice,
    ...keptFor(5000, 'status 429'),
  },
  {
    fault: '429 with `Retry-After` as nonsense',
    answer: () => status(429, {}, { 'Retry-After': 'soon' }),
    ...kept('status 429'),
  },
  { fault: '500', answer: () => status(500), ...kept('status 500') },
  {
    fault: '500 with `invalid_grant`',
    answer: () => status(500, { error: 'invalid_grant' }),
    ...kept('status 500'),
  },
  { fault: '502 with HTML', answer: () => status(502, '<h1>Bad Gateway</h1>', html), ...kept('status 502') },
  { fault: '503 without `Retry-After`', answer: () => status(503), ...kept('status 503') },
  {
    fault: '503 with `Retry-After: 120`',
    answer: () => status(503, {}, { 'Retry-After': '120' }),
    ...keptFor(120_000, 'status 503'),
  },
  {
    fault: '503 with `Retry-After: 86400`, of which five minutes count',
    answer: () => status(503, {}, { 'Retry-After': '86400' }),
    ...keptFor(300_000, 'status 503'),
  },
  { fault: '511 of a captive portal', answer: () => status(511, '<h1>Welcome</h1>', html), ...kept('status 511') },
  { fault: '400 without a code', answer: () => status(400), ...kept('status 400') },
  {
    fault: '400 with another code',
    answer: () => status(400, { error: 'invalid_request' }),
    ...kept('status 400'),
  },
  { fault: '400 with HTML', answer: () => status(400, '<h1>Bad Request</h1>', html), ...kept('status 400') },
  { fault: '403 without a code', answer: () => status(403), ...kept('status 403') },
  {
    fault: '403 with HTML of a firewall',
    answer: () => status(403, '<h1>Blocked</h1>', html),
    ...kept('status 403'),
  },
  {
    fault: '403 with another code of a firewall',
    answer: () => status(403, { error: 'blocked_by_waf' }),
    ...kept('status 403'),
  },
  { fault: '401 with HTML', answer: () => status(401, '<h1>Sign in</h1>', html), ...kept('status 401') },
  {
    fault: '401 with HTML that is called something else',
    answer: () => status(401, '<!doctype html><h1>Sign in</h1>', { 'Content-Type': 'text/plain' }),
    ...kept('status 401'),
  },
  {
    fault: '401 with a `Basic` challenge',
    answer: () => status(401, {}, { 'WWW-Authenticate': 'Basic realm="proxy"' }),
    ...kept('status 401'),
  },
  {
    fault: '401 with a `Negotiate` challenge',
    answer: () => status(401, {}, { 'WWW-Authenticate': 'Negotiate' }),
    ...kept('status 401'),
  },
];
