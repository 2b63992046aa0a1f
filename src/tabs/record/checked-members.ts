/** What any script of the origin may have written. */
export type Members = Readonly<Record<string, unknown>>;

type Kinds = Readonly<Record<string, 'string' | 'number' | 'boolean'>>;
type Typed<Kind> = Kind extends 'string' ? string : Kind extends 'number' ? number : boolean;
/** Members of these types, of which some must be there. */
type Checked<K extends Kinds, Required extends keyof K> = {
  readonly [Name in keyof K]?: Typed<K[Name]>;
} & { readonly [Name in Required]: Typed<K[Name]> };

/**
 * Reads members whose types are known, since any script of the origin can have written them. A member of
 * another type is left out; if a required one is missing, the result is `undefined`.
 */
export function checkedMembers<K extends Kinds, Required extends keyof K = never>(
  members: Members,
  kinds: K,
  ...required: Required[]
): Checked<K, Required> | undefined {
  const found = Object.fromEntries(Object.entries(members).filter(([name, value]) => typeof value === kinds[name]));
  return required.every((name) => name in found) ? (found as Checked<K, Required>) : undefined;
}
