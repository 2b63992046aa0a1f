const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const FORMAT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The longest access token that is written or read, in characters. */
export const MAX_TOKEN_LENGTH = 8192;

/**
 * Whether a string is a signed JWT in its one canonical spelling, and of sane size.
 *
 * Base64 decoders overlook padding, line breaks and the spare bits of the last character, so that
 * one token could be spelt in many ways; here there is one.
 *
 * @see RFC 7515 section 2 (base64url without padding, line breaks or other characters), RFC 4648 section 3.5
 */
export function isCompactJwt(token: string): boolean {
  return token.length <= MAX_TOKEN_LENGTH && FORMAT.test(token) && token.split('.').every(isCanonical);
}

function isCanonical(part: string): boolean {
  const lastBits = ALPHABET.indexOf(part.charAt(part.length - 1));
  switch (part.length % 4) {
    case 1:
      return false;
    case 2:
      return (lastBits & 0b1111) === 0;
    case 3:
      return (lastBits & 0b11) === 0;
    default:
      return true;
  }
}
