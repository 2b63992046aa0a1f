const HALF = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * An ES256 signature as a JWS has it: two numbers of 32 bytes. One in DER, as most key services give it, is rewritten;
 * anything else comes back as it is, and fails when it is checked.
 *
 * @see RFC 7518 section 3.4
 */
export function joseSignature(signature: Uint8Array): Uint8Array {
  if (signature.length === 2 * HALF || signature[0] !== SEQUENCE) return signature;
  const first = integerAt(signature, 2);
  const second = first && integerAt(signature, first.end);
  if (first === undefined || second === undefined || second.end !== signature.length) return signature;
  const joined = new Uint8Array(2 * HALF);
  joined.set(first.digits, HALF - first.digits.length);
  joined.set(second.digits, 2 * HALF - second.digits.length);
  return joined;
}

function integerAt(der: Uint8Array, at: number): { digits: Uint8Array; end: number } | undefined {
  const length = der[at + 1];
  if (der[at] !== INTEGER || length === undefined) return undefined;
  const end = at + 2 + length;
  const bytes = der.subarray(at + 2, end);
  // A zero in front keeps the number positive.
  const digits = bytes[0] === 0 ? bytes.subarray(1) : bytes;
  return digits.length > HALF || end > der.length ? undefined : { digits, end };
}
