/**
 * The payload of an access token that is a JWT, unverified; `undefined` for anything else. Refuses what is
 * not three parts with a JSON object in base64url and valid UTF-8 in the middle. Needs no `TextDecoder`,
 * which the DOMs of test environments lack.
 */
export function jwtPayload(token: string): Record<string, unknown> | undefined {
  const [, payload = '', signature, more] = token.split('.');
  if (signature === undefined || more !== undefined || !/^[\w-]+={0,2}$/.test(payload)) return undefined;
  try {
    const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    // Percent-encoded bytes are decoded as UTF-8, and refused if they are not.
    const encoded = bytes.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
    const claims: unknown = JSON.parse(decodeURIComponent(encoded));
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
    return isObject ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
