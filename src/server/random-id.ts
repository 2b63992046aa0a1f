import { base64url } from 'jose';

/** 128 bits from the system's generator, as 22 characters of base64url. */
export function randomId(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(16)));
}
