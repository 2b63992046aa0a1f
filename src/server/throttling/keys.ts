import { base64url } from 'jose';

/**
 * The key that an account's sign-ins are counted under: a hash of its name, in which case, width and surrounding spaces
 * make no difference, since they make none to many apps' look-up. It has always the same length, and no name in clear.
 */
export async function accountKey(name: string): Promise<string> {
  const bytes = new TextEncoder().encode(name.normalize('NFKC').trim().toLowerCase());
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return `account:${base64url.encode(new Uint8Array(hash).subarray(0, 16))}`;
}

/**
 * The key that an address's sign-ins are counted under: an IPv4 address itself, and of an IPv6 address the first 64 bits,
 * since the rest is for its owner to choose.
 */
export function addressKey(address: string): string {
  const [withoutZone = ''] = address.trim().split('%');
  const url = `http://[${withoutZone}]`;
  if (!withoutZone.includes(':') || !URL.canParse(url)) return `address:${address.trim()}`;
  const groups = groupsOf(new URL(url).hostname.slice(1, -1));
  const [a = 0, b = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return `address:${[a >> 8, a & 255, b >> 8, b & 255].join('.')}`;
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `address:${network.join(':')}::/64`;
}

// Of the canonical form, in which `::` stands for as many groups of zeros as are missing.
function groupsOf(canonical: string): number[] {
  const [before = [], after = []] = canonical.split('::').map((side) =>
    side
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16)),
  );
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
