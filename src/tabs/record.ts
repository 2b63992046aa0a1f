import type { Storage } from '../platform/platform.ts';

/** How long a request that got no answer may still be under way: its key is used again for as long. */
const exchangeMs = 60_000;

/**
 * What the pages of an origin tell each other by way of storage, one after the other: nothing secret. Tampering with it can
 * cost a refresh and grants nothing.
 */
export interface SessionRecord {
  readonly v: 1;
  /** A random name of the epoch, compared for equality alone. */
  readonly epoch: string;
  /** Somebody is signed in, with an access token until then: epoch ms. */
  readonly expiresAt?: number | undefined;
  /** The refresh that has been sent and not been answered. */
  readonly exchange?: { readonly key: string; readonly sentAt: number } | undefined;
  /** A sign-out that the server has not confirmed yet. */
  readonly signOut?: { readonly sid?: string | undefined } | undefined;
}

/** Reads a record, and finds none in anything that is not one. */
export const parseRecord = (text: string | undefined): SessionRecord | undefined => {
  const found = asObject(attempt(() => JSON.parse(text ?? '') as unknown));
  if (found?.v !== 1 || typeof found.epoch !== 'string') return undefined;
  const { epoch, expiresAt } = found;
  const exchange = asObject(found.exchange);
  const signOut = asObject(found.signOut);
  return {
    v: 1,
    epoch,
    ...(typeof expiresAt === 'number' && { expiresAt }),
    ...(typeof exchange?.key === 'string' &&
      /^[\w-]{1,128}$/.test(exchange.key) &&
      typeof exchange.sentAt === 'number' && { exchange: { key: exchange.key, sentAt: exchange.sentAt } }),
    ...(signOut !== undefined && { signOut: typeof signOut.sid === 'string' ? { sid: signOut.sid } : {} }),
  };
};

/** The key that a refresh sent at `wallAt` has to bear: that of a request which may still be under way, where there is one. */
export const keyInUse = (record: SessionRecord | undefined, wallAt: number): string | undefined =>
  record?.exchange !== undefined && Math.abs(wallAt - record.exchange.sentAt) < exchangeMs
    ? record.exchange.key
    : undefined;

/** The record in storage. */
export interface RecordKeeper {
  read(): SessionRecord | undefined;
  /** Changes some members. Those set to `undefined` are gone; the others stay as they are in storage. */
  update(change: Partial<Omit<SessionRecord, 'v'>>): void;
  /** What this page wrote last. */
  written(): SessionRecord | undefined;
  /** A name for a new epoch, and for a new exchange. */
  name(): string;
}

export const createRecord = (storage: Storage, sessionName: () => string, name: () => string): RecordKeeper => {
  const key = () => `silent-refresh:${sessionName()}`;
  /** Where nothing can be kept, the page at least remembers for itself, for as long as nobody else has kept anything. */
  let unkept: { readonly text: string; readonly instead: string | undefined } | undefined;
  let written: SessionRecord | undefined;
  const read = () => {
    const found = storage.read(key());
    return parseRecord(unkept !== undefined && unkept.instead === found ? unkept.text : found);
  };
  return {
    read,
    name,
    written: () => written,
    update: (change) => {
      written = { ...(read() ?? { v: 1, epoch: name() }), ...change };
      const text = JSON.stringify(written);
      storage.write(key(), text);
      const found = storage.read(key());
      unkept = found === text ? undefined : { text, instead: found };
    },
  };
};

/** The idempotency keys of refreshes. */
export interface ExchangeKeys {
  /** The key for a request sent now. */
  use(wallAt: number): string;
  /** A request with this key was answered. */
  settled(key: string): void;
  /** Somebody has signed in or out: what is still under way belongs to another session. */
  forget(): void;
}

/**
 * A request that was not answered lends its key to the next one, so that the server can tell a repetition from a theft. A
 * key taken over from a page that is gone is kept for its whole time: that page's answer may yet come and set the cookie
 * back, and as long as the key is the same, both are the same.
 */
export const createExchangeKeys = (record: RecordKeeper): ExchangeKeys => {
  let own: string | undefined;
  const forget = () => {
    own = undefined;
    record.update({ exchange: undefined });
  };
  return {
    use: (wallAt) => {
      const inUse = keyInUse(record.read(), wallAt);
      if (inUse !== undefined) return inUse;
      own = record.name();
      record.update({ exchange: { key: own, sentAt: wallAt } });
      return own;
    },
    settled: (key) => {
      if (key === own) forget();
    },
    forget,
  };
};

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? { ...value } : undefined;

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
