import { describe, expect, it } from 'vitest';
import { createAuthArea } from '../../../../src/requests/waiting/auth-area.ts';

const OWN = 'https://app.example';
const isIn = (...addresses: string[]) => {
  const isAuthServer = createAuthArea(() => addresses.map((address) => new URL(address, OWN).href));
  return (url: string) => isAuthServer(new URL(url, OWN));
};

describe('an address belongs to the auth server (C-14)', () => {
  const byDefault = isIn('/auth/login', '/auth/refresh', '/auth/logout');

  it.each([
    ['/auth/login', true],
    ['/auth/logout?all=1', true],
    ['/auth/mfa/challenge', true],
    ['/auth/', true],
    ['/auth/mfa/../passkey', true],
    ['/auth', false],
    ['/auth/../api', false],
    ['/authors', false],
    ['/api/auth/login', false],
    ['https://other.example/auth/login', false],
  ])('by the endpoints and their common folder: %s, %s', (url, expected) => {
    expect(byDefault(url)).toBe(expected);
  });

  it('by the endpoints alone for who asks so', () => {
    const isAuthServer = createAuthArea(() => ['login', 'refresh'].map((name) => `${OWN}/api/${name}`));
    const asked = ['/api/login', '/api/refresh?x', '/api/orders'].map((path) => isAuthServer(new URL(path, OWN), true));
    expect(asked).toEqual([true, true, false]);
  });

  it('by the nearest folder that they have in common', () => {
    const inFolders = isIn('/id/v1/session/login', '/id/v1/token/refresh', '/id/v1/session/logout');
    expect([inFolders('/id/v1/mfa'), inFolders('/id/v2/mfa'), inFolders('/id/v1')]).toEqual([true, false, false]);
  });

  it('by the endpoints alone if the common folder is the whole origin', () => {
    const atRoot = isIn('/login', '/refresh', '/auth/logout');
    expect([atRoot('/login'), atRoot('/auth/logout'), atRoot('/api'), atRoot('/auth/mfa')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('by folders whose names are whole', () => {
    const alike = isIn('/auth/login', '/auth-v2/refresh');
    expect([alike('/auth/mfa'), alike('/auth-v2/refresh'), alike('/auth-v2/mfa')]).toEqual([false, true, false]);
  });

  it('origin by origin', () => {
    const apart = isIn('/auth/login', '/auth/logout', 'https://id.example/v1/refresh');
    expect([apart('/auth/mfa'), apart('https://id.example/v1/refresh'), apart('https://id.example/v1/items')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('never, if no address is known', () => {
    expect(isIn()('/auth/login')).toBe(false);
  });
});

describe('the endpoints', () => {
  it('are resolved once, when a call is first asked about (C-40)', () => {
    let resolved = 0;
    const isAuthServer = createAuthArea(() => {
      resolved++;
      return [`${OWN}/auth/login`, `${OWN}/auth/refresh`];
    });
    expect(resolved).toBe(0);
    for (let n = 0; n < 3; n++) isAuthServer(new URL('/api', OWN));
    expect(resolved).toBe(1);
  });
});
