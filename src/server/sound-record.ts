import { kindOf, MisuseError } from './errors.ts';
import type { FamilyRecord } from './family.ts';

type Member = keyof FamilyRecord;
type Check = readonly [isSound: (value: unknown) => boolean, expected: string];

const TEXT: Check = [(value) => typeof value === 'string' && value !== '', 'text that is not empty'];
const INSTANT: Check = [(value) => Number.isFinite(value), 'a number of milliseconds'];
const COUNT: Check = [isCount, 'a whole number, 1 or more'];

const MEMBERS: Readonly<Record<Member, Check>> = {
  sid: TEXT,
  userId: TEXT,
  version: COUNT,
  state: [(value) => ['active', 'revoked', 'reused'].includes(value as string), '`active`, `revoked` or `reused`'],
  startedAt: INSTANT,
  expiresAt: INSTANT,
  absoluteExpiresAt: INSTANT,
  generation: COUNT,
  parent: [(value) => value === null || isCount(value), '`null` or a whole number, 1 or more'],
  rotatedAt: INSTANT,
  parentSpentAt: INSTANT,
  confirmed: [(value) => typeof value === 'boolean', '`true` or `false`'],
  exchanges: [(value) => isListOf(value, isExchange), 'a list of exchanges'],
  dead: [(value) => isListOf(value, isRange), 'a list of pairs of whole numbers'],
};

/**
 * The record that a store gave for `sid`; `undefined` for none, which `null` says as well.
 *
 * Throws a {@link MisuseError} that names the member for a record that is not what was put in. Nothing
 * may be concluded from such a record: with numbers as text, an honest refresh would look like theft.
 */
export function soundRecord(given: unknown, sid: string): FamilyRecord | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object' || Array.isArray(given)) throw unsound('The record', 'an object', given);
  // A copy, since changes are made to copies: members that a class of records inherits would be lost there. A record that
  // was stored before there were exchanges lacks them.
  const record: Partial<FamilyRecord> = { exchanges: [], ...given };
  for (const [member, [isSound, expected]] of Object.entries(MEMBERS)) {
    const value: unknown = record[member as Member];
    if (!isSound(value)) throw unsound(`\`${member}\` of the record`, expected, value);
  }
  if (record.sid !== sid) throw new MisuseError('`read` of the store gave the record of another `sid`.');
  return record as FamilyRecord;
}

/** The ids that a store listed. Throws a {@link MisuseError} unless they are a list of text. */
export function soundList(given: unknown): readonly string[] {
  if (isListOf(given, (sid) => typeof sid === 'string')) return given as string[];
  throw new MisuseError(`\`listByUser\` of the store must give a list of \`sid\`s; it gave ${kindOf(given)}.`);
}

/**
 * Whether a store says that it has replaced a record.
 *
 * Throws a {@link MisuseError} unless it is `true` or `false`: a database client's result object would
 * always count as a swap that was won.
 */
export function soundSwap(given: unknown): boolean {
  if (typeof given === 'boolean') return given;
  throw new MisuseError(`\`replace\` of the store must give \`true\` or \`false\`; it gave ${kindOf(given)}.`);
}

function unsound(what: string, expected: string, found: unknown): MisuseError {
  const advice =
    'Give records back as they were put in, as plain objects: database clients make text of large numbers and of JSON.';
  return new MisuseError(
    `${what} that \`read\` of the store gave must be ${expected}; it is ${kindOf(found)}. ${advice}`,
  );
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

function isExchange(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { keyHash, presented, answered, at } = value as Record<string, unknown>;
  return typeof keyHash === 'string' && isCount(presented) && isCount(answered) && Number.isFinite(at);
}
