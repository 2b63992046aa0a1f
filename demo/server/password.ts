import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface PasswordHash {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

// OWASP's second set of scrypt parameters: 64 MiB and about a quarter of a second a guess.
const COST = { N: 2 ** 16, r: 8, p: 2, maxmem: 128 * 1024 * 1024 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  return { salt, hash: await derive(normalized(password), salt, HASH_BYTES, COST) };
}

/** A hash that no password fits. Comparing one with it takes as long as with any other. */
export function hashOfNoPassword(): PasswordHash {
  return { salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
}

export async function isPassword(password: string, { salt, hash }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(normalized(password), salt, hash.length, COST), hash);
}

// Keyboards differ in how they compose an accented letter.
const normalized = (password: string): string => password.normalize('NFKC');
