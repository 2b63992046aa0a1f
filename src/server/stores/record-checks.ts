import { kindOf, MisuseError } from '../errors.ts';
import type { SessionRecord } from '../rotation/session-record.ts';
import type { SessionStore } from './session-store.ts';

type Member = keyof SessionRecord;
type StoreMember = keyof SessionStore;
type Check = readonly [isSound: (value: unknown) => boolean, expected: string];

const TEXT: Check = [(value) => typeof value === 'string' && value !== '', 'text that is not empty'];
const INSTANT: Check = [(value) => Number.isFinite(value), 'a number of milliseconds'];
const FLAG: Check = [(value) => typeof value === 'boolean', '`true` or `false`'];
const COUNT: Check = [isCount, 'a whole number, 1 or more'];

const STATES: readonly unknown[] = ['active', 'revoked', 'reused'];

const MEMBERS: Readonly<Record<Member, Check>> = {
  sid: TEXT,
  userId: TEXT,
  version: COUNT,
  state: [(value) => STATES.includes(value), '`active`, `revoked` or `reused`'],
  startedAt: INSTANT,
  remembered: FLAG,
  data: [(value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object'],
  expiresAt: INSTANT,
  absoluteExpiresAt: INSTANT,
  generation: COUNT,
  parent: orNull(COUNT),
  rotatedAt: INSTANT,
  parentSpentAt: INSTANT,
  confirmed: FLAG,
  replaysInARow: [(value) => value === 0 || isCount(value), 'a whole number'],
  replayedGeneration: orNull(COUNT),
  storeBehindAt: orNull(INSTANT),
  keyedRefreshes: [(value) => isListOf(value, isKeyedRefresh), 'a list of keyed refreshes'],
  dead: [(value) => isListOf(value, isRange), 'a list of pairs of whole numbers'],
};

const CHECKS = Object.entries(MEMBERS).map(([member, [isSound, expected]]) => ({ member, isSound, expected }));

/**
 * The record that a member of the store gave, for `sid` if that was asked for; `undefined` for none, which `null` says as
 * well.
 *
 * Throws a {@link MisuseError} that names the member for a record that is not what was put in. Nothing
 * may be concluded from such a record: with numbers as text, an honest refresh would look like theft.
 */
export function checkedRecord(given: unknown, from: StoreMember, sid?: string): SessionRecord | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object' || Array.isArray(given)) throw unsound('The record', from, 'an object', given);
  // A copy, since changes are made to copies: members that a class of records inherits would be lost there.
  const record: Partial<SessionRecord> = { ...given };
  for (const { member, isSound, expected } of CHECKS) {
    const value: unknown = record[member as Member];
    if (!isSound(value)) throw unsound(`\`${member}\` of the record`, from, expected, value);
  }
  if (sid !== undefined && record.sid !== sid) {
    throw new MisuseError(`\`${from}\` of the store gave the record of another \`sid\`.`);
  }
  return record as SessionRecord;
}

/** The records that a store listed. Throws a {@link MisuseError} unless they are a list of records as they were put in. */
export function checkedRecords(given: unknown, from: StoreMember): readonly SessionRecord[] {
  if (!Array.isArray(given)) throw wrong(from, 'a list of records', given);
  return given.map((record) => checkedRecord(record, from)).filter((record) => record !== undefined);
}

/** The ids that a store gave. Throws a {@link MisuseError} unless they are a list of text. */
export function checkedIds(given: unknown, from: StoreMember): readonly string[] {
  if (isListOf(given, (sid) => typeof sid === 'string')) return given as string[];
  throw wrong(from, 'a list of `sid`s', given);
}

/**
 * Whether a store says that it has changed a record.
 *
 * Throws a {@link MisuseError} unless it is `true` or `false`: a database client's result object would
 * always count as a success.
 */
export function checkedBoolean(given: unknown, from: StoreMember): boolean {
  if (typeof given === 'boolean') return given;
  throw wrong(from, '`true` or `false`', given);
}

function wrong(from: StoreMember, expected: string, found: unknown): MisuseError {
  return new MisuseError(`\`${from}\` of the store must give ${expected}; it gave ${kindOf(found)}.`);
}

function unsound(what: string, from: StoreMember, expected: string, found: unknown): MisuseError {
  const advice =
    'Give records back as they were put in, as plain objects: database clients make text of large numbers and of JSON.';
  return new MisuseError(
    `${what} that \`${from}\` of the store gave must be ${expected}; it is ${kindOf(found)}. ${advice}`,
  );
}

function orNull([isSound, expected]: Check): Check {
  return [(value) => value === null || isSound(value), `\`null\` or ${expected}`];
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isListOf(value: unknown, isSound: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isSound);
}

function isRange(value: unknown): boolean {
  return isListOf(value, isCount) && (value as unknown[]).length === 2;
}

function isKeyedRefresh(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { keyHash, presented, answered, at } = value as Record<string, unknown>;
  return typeof keyHash === 'string' && isCount(presented) && isCount(answered) && Number.isFinite(at);
}
