import { kindOf, MisuseError } from '../errors.ts';
import { randomId } from '../random-id.ts';
import { REQUIRED_CLAIMS } from './jwt-check.ts';

const RESERVED = new Set([...REQUIRED_CLAIMS, 'nbf']);

/** A new id for a token of this generation. */
export function newJti(generation: number): string {
  return `${generation}.${randomId()}`;
}

/** The generation that an id names, if it is one of ours. */
export function generationOf(jti: string): number | undefined {
  const digits = /^([1-9]\d{0,14})\.[\w-]{22,}$/.exec(jti)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** When a token that is minted now begins and ends, in seconds as RFC 7519 has them. */
export function validity(lifetimeMs: number, now: number): { iat: number; exp: number } {
  return { iat: Math.floor(now / 1000), exp: Math.ceil((now + lifetimeMs) / 1000) };
}

/** What the `claims` option added. Throws a {@link MisuseError} if that is no object, or has a claim in it that is ours to set. */
export function withoutReserved(extra: object): object {
  if (typeof extra !== 'object' || Array.isArray(extra)) {
    throw new MisuseError(`\`claims\` must give an object; it gave ${kindOf(extra)}.`);
  }
  const taken = Object.keys(extra).find((name) => RESERVED.has(name));
  if (taken !== undefined) throw new MisuseError(`\`claims\` must not set the reserved claim ${taken}.`);
  return extra;
}
