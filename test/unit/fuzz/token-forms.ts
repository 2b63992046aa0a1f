import fc from '../random.ts';

/** A token response, and what was put into it. */
export interface Form {
  readonly text: string;
  readonly token: string;
  readonly lifetimeMs: number | undefined;
  readonly sid: string | undefined;
  readonly seq: number | undefined;
  /** Where the refresh tokens stand, by the name that they have. */
  readonly refreshNames: readonly string[];
  readonly isWrapped: boolean;
}

/** What every refresh token that is put into a response begins with. */
export const refreshMark = 'REFRESH-SECRET-';

const token = fc.stringMatching(/^[A-Za-z0-9._~+/-]{8,40}={0,2}$/).map((text) => `T0K3N.${text}`);
const seconds = fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.constantFrom(0.5, 1e9));
const lifetime = fc.oneof(
  seconds.map((s) => ({ stated: s as unknown, lifetimeMs: s * 1000 })),
  seconds.map((s) => ({ stated: ` ${s}` as unknown, lifetimeMs: s * 1000 })),
  fc
    .constantFrom<unknown>(0, -1, -0.5, 'soon', '', '300s', null, true, [300], { s: 300 }, undefined)
    .map((stated) => ({ stated, lifetimeMs: undefined })),
);
const type = fc.constantFrom<unknown>('Bearer', 'bearer', 'BEARER', undefined);
const refreshName = fc.constantFrom(
  'refresh_token',
  'refreshToken',
  'REFRESH_TOKEN',
  'x-refresh-token',
  'refresh_token_v2',
  'refresh',
);
/** Names that mean nothing to the reader. */
const otherName = fc.stringMatching(/^o_[a-z]{1,6}$/);
const noise = fc.dictionary(otherName, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });

/** Puts a value under others, so deep: in objects and, every third time, in a list. */
const buried = (value: Record<string, unknown>, names: readonly string[]): unknown =>
  names.reduce<unknown>((inner, name, n) => ({ [name]: n % 3 === 2 ? [inner] : inner }), value);

export const form: fc.Arbitrary<Form> = fc
  .record({
    token,
    tokenName: fc.constantFrom('access_token', 'accessToken', 'access', 'token'),
    isWrapped: fc.boolean(),
    lifetime,
    expiryName: fc.constantFrom('expires_in', 'expiresIn'),
    type,
    typeName: fc.constantFrom('token_type', 'tokenType'),
    sid: fc.option(fc.string(), { nil: undefined }),
    seq: fc.option(fc.integer(), { nil: undefined }),
    refreshes: fc.array(
      fc.record({ name: refreshName, under: fc.array(otherName, { maxLength: 4 }), value: fc.nat() }),
      { maxLength: 4 },
    ),
    inner: noise,
    outer: noise,
  })
  .map((given) => {
    const holder: Record<string, unknown> = {
      ...given.inner,
      [given.tokenName]: given.token,
      ...(given.lifetime.stated !== undefined && { [given.expiryName]: given.lifetime.stated }),
      ...(given.type !== undefined && { [given.typeName]: given.type }),
      ...(given.sid !== undefined && { sid: given.sid }),
      ...(given.seq !== undefined && { seq: given.seq }),
    };
    for (const { name, under, value } of given.refreshes) {
      // Where it stands deeper, `refresh` is a name that may mean other things.
      const own = under.length > 0 && name === 'refresh' ? 'refreshToken' : name;
      const planted = buried({ [own]: refreshMark + value }, under);
      Object.assign(holder, planted);
    }
    return {
      text: JSON.stringify(given.isWrapped ? { ...given.outer, data: holder } : holder),
      token: given.token,
      lifetimeMs: given.lifetime.lifetimeMs,
      // An empty text names no session.
      sid: given.sid || undefined,
      seq: given.seq,
      refreshNames: given.refreshes.map(({ name }) => name),
      isWrapped: given.isWrapped,
    };
  });
