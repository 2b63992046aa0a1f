import { describe, expect, it } from 'vitest';
import type { Mark } from '../../../demo/app/activity/activity.ts';
import { laneOfTab, lanesOf, summaryOf } from '../../../demo/app/activity/lanes.ts';
import type { MarkKind } from '../../../demo/app/activity/marks.ts';
import { freeName, yieldsTo } from '../../../demo/app/tabs/names.ts';
import { asked, heardOf, type OtherTab } from '../../../demo/app/tabs/other-tabs.ts';
import { parseTabMessage, type TabState } from '../../../demo/app/tabs/tab-message.ts';
import { tokenLife } from '../../../demo/app/tabs/token-life.ts';

let ids = 0;

const markAt = (at: number, kind: MarkKind, count = 1): Mark => ({
  id: ids++,
  kind,
  text: kind,
  at,
  count,
  startedAt: at,
});

const tab = (name: string, state: Partial<TabState> = {}): TabState => ({
  id: `id of ${name}`,
  name,
  namedAt: 0,
  marks: [],
  token: undefined,
  refreshStartedAt: undefined,
  ...state,
});

const heard = (...tabs: readonly TabState[]): OtherTab[] =>
  tabs.reduce<OtherTab[]>((known, one) => heardOf(known, { type: 'state', tab: one }), []);

const times = (count: number, tabs: readonly OtherTab[]): readonly OtherTab[] =>
  count === 0 ? tabs : times(count - 1, asked(tabs));

describe('the lanes of the demo', () => {
  it('give this tab a lane for calls, held calls, refreshes and the session each', () => {
    const marks = [
      markAt(1, 'signed-in'),
      markAt(5000, 'call-ok'),
      markAt(9000, 'refresh-ok'),
      markAt(14_000, 'received'),
    ];
    const lanes = lanesOf({ marks, entries: [] });
    expect(lanes.map(({ name, marks: found }) => [name, found.map(({ kind }) => kind)])).toEqual([
      ['Calls', ['call-ok']],
      ['Held', []],
      ['Refreshes', ['refresh-ok', 'received']],
      ['Session', ['signed-in']],
    ]);
  });

  it('show a refresh under way in the tab that has begun it', () => {
    const isRefreshing = lanesOf({ marks: [], entries: [], refreshStartedAt: 5 }).map((lane) => lane.isRefreshing);
    expect(isRefreshing).toEqual([false, false, true, false]);
    expect(heard(tab('B', { refreshStartedAt: 5 }), tab('C')).map((one) => laneOfTab(one).isRefreshing)).toEqual([
      true,
      false,
    ]);
  });

  it('give each other tab one lane, in which marks near each other make room', () => {
    const marks = [
      markAt(0, 'received'),
      markAt(9000, 'user-changed'),
      markAt(9000, 'received'),
      markAt(20_000, 'received'),
    ];
    const [other] = heard(tab('B', { marks }));
    expect(other && laneOfTab(other)).toMatchObject({
      name: 'Tab B',
      note: undefined,
      marks: [
        { kind: 'received', row: 'middle' },
        { kind: 'user-changed', row: 'upper' },
        { kind: 'received', row: 'lower' },
        { kind: 'received', row: 'middle' },
      ],
    });
  });

  it('are told in words, of the last minute alone', () => {
    const own = [markAt(0, 'signed-in'), markAt(70_000, 'call-ok', 3), markAt(71_000, 'refresh-ok')];
    const others = heard(tab('B', { marks: [markAt(70_000, 'received'), markAt(75_000, 'received')] }), tab('C'));
    const closed = heardOf(others, { type: 'gone', id: 'id of C' });
    expect(summaryOf(own, closed, 80_000)).toBe(
      'Activity of the last minute. call answered: 3, refreshed: 1. Tab B: received: 2. Tab C (closed): nothing yet.',
    );
  });
});

describe('the other tabs of the demo', () => {
  const notes = (tabs: readonly OtherTab[]) => tabs.map(laneOfTab).map(({ name, note }) => `${name} ${note ?? 'here'}`);

  it('stand in the order of their names, each once', () => {
    expect(notes(heard(tab('C'), tab('B'), tab('C')))).toEqual(['Tab B here', 'Tab C here']);
  });

  it('end soon after they were closed', () => {
    const closed = heardOf(heard(tab('B'), tab('C')), { type: 'gone', id: 'id of B' });
    expect(notes(closed)).toEqual(['Tab B closed', 'Tab C here']);
    expect(notes(times(5, closed))).toEqual(['Tab C silent']);
  });

  it('end in the end where they were killed and say nothing', () => {
    const tabs = heard(tab('B'));
    expect(notes(times(3, tabs))).toEqual(['Tab B here']);
    expect(notes(times(4, tabs))).toEqual(['Tab B silent']);
    expect(notes(times(15, tabs))).toEqual([]);
  });

  it('are back as soon as they are heard of again', () => {
    const silent = times(10, heard(tab('B')));
    expect(notes(heardOf(silent, { type: 'state', tab: tab('B') }))).toEqual(['Tab B here']);
  });

  it('hand the lane of a closed tab on with its name', () => {
    const closed = heardOf(heard(tab('B')), { type: 'gone', id: 'id of B' });
    const reloaded = heardOf(closed, { type: 'state', tab: tab('B', { id: 'another' }) });
    expect(notes(reloaded)).toEqual(['Tab B here']);
  });
});

describe('the names of the tabs', () => {
  it('are the first letters that no open tab has', () => {
    const tabs = heard(tab('A'), tab('B'), tab('D'));
    expect(freeName([])).toBe('A');
    expect(freeName(tabs)).toBe('C');
    expect(freeName(heardOf(tabs, { type: 'gone', id: 'id of A' }))).toBe('A');
  });

  it('stay with the tab that has had them for longer', () => {
    const [older, younger] = [tab('A', { id: 'z', namedAt: 1 }), tab('A', { id: 'y', namedAt: 2 })];
    expect([yieldsTo(younger, older), yieldsTo(older, younger)]).toEqual([true, false]);
    const twin = { ...older, id: 'a' };
    expect([yieldsTo(older, twin), yieldsTo(twin, older)]).toEqual([true, false]);
    expect(yieldsTo(younger, { ...older, name: 'B' })).toBe(false);
  });
});

describe('the messages of the tabs', () => {
  it('pass as they were sent', () => {
    const token = { obtainedAt: 5, lifetimeMs: 5000 };
    const state = tab('B', { marks: [markAt(5, 'received')], token, refreshStartedAt: 6 });
    for (const message of [{ type: 'ask' }, { type: 'gone', id: 'b' }, { type: 'state', tab: state }])
      expect(parseTabMessage(structuredClone(message))).toEqual(message);
  });

  it.each([
    undefined,
    null,
    'ask',
    {},
    { type: 'gone' },
    { type: 'state' },
    { type: 'state', tab: { ...tab('B'), id: 1 } },
    { type: 'state', tab: { ...tab('B'), namedAt: '1' } },
    { type: 'state', tab: { ...tab('B'), marks: undefined } },
  ])('are ignored where they are none: %j', (data) => {
    expect(parseTabMessage(data)).toBe(undefined);
  });

  it('lose what cannot be drawn, and what nobody asked for', () => {
    const good = markAt(5, 'received');
    const marks = [good, { ...good, kind: 'toString' }, { ...good, at: Number.NaN }, null];
    const message = { type: 'state', tab: { ...tab('B'), marks, more: 1 } };
    expect(parseTabMessage(message)).toEqual({ type: 'state', tab: tab('B', { marks: [good] }) });
  });
});

describe('the life of a token from another tab', () => {
  const received = { token: { obtainedAt: 10_000, lifetimeMs: 5000, isFromOtherTab: true } };
  const obtainedAt = (at: number, lifetimeMs = 5000) => ({ token: { obtainedAt: at, lifetimeMs } });

  it('counts from when another tab obtained it', () => {
    const others = heard(tab('B', obtainedAt(7000)), tab('C', obtainedAt(4000)), tab('D', obtainedAt(11_000)));
    expect(tokenLife(received, others)).toEqual({ obtainedAt: 7000, lifetimeMs: 5000 });
  });

  it('counts from its arrival where no other tab can have it', () => {
    const others = heard(tab('B', obtainedAt(7000, 60_000)), tab('C', obtainedAt(4000)), tab('D'));
    expect(tokenLife(received, others)).toEqual({ obtainedAt: 10_000, lifetimeMs: 5000 });
  });

  it('counts by this tab’s own clock where it did not come from another tab', () => {
    expect(tokenLife(obtainedAt(10_000), heard(tab('B', obtainedAt(7000))))).toEqual(obtainedAt(10_000).token);
  });
});
