import type { SessionRecord } from '../rotation/session-record.ts';

/** What a database keeps of a record: all of it as JSON, and beside it the two members that ending a session changes. */
export interface StoredRecord {
  readonly record: string;
  readonly version: number | bigint | string;
  readonly state: string;
}

/** The record as it is now. The JSON may be from before the session was ended: `version` and `state` beside it count. */
export function recordOf({ record, version, state }: StoredRecord): SessionRecord {
  return { ...(JSON.parse(record) as SessionRecord), version: Number(version), state: state as SessionRecord['state'] };
}
