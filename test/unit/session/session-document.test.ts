import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { exploreSession } from './explore.ts';

// Tens of thousands of transitions take a second, and more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** The arrows of the diagrams in the document: from where to where, and their labels. */
const diagrams = async (): Promise<Map<string, string>[]> => {
  const text = await readFile(new URL('../../../docs/session.md', import.meta.url), 'utf8');
  return [...text.matchAll(/```mermaid\n(.*?)```/gs)].map(([, diagram = '']) => {
    const names = new Map([...diagram.matchAll(/state "(.*)" as (\w+)/g)].map(([, name, alias]) => [alias, name]));
    const arrows = [...diagram.matchAll(/^ *(\w+) --> (\w+): (.*)$/gm)];
    return new Map(
      arrows.map(([, from, to, label = '']) => [`${names.get(from) ?? from} --> ${names.get(to) ?? to}`, label]),
    );
  });
};

/** What happens in the code: the changes of status with the events that cause them, and the changes of the refresh. */
const happening = () => {
  const statuses = new Map<string, Set<string>>();
  const refreshes = new Set<string>();
  for (const { before, event, after } of exploreSession()) {
    if (before.session.status !== after.session.status) {
      const arrow = `${before.session.status} --> ${after.session.status}`;
      statuses.set(arrow, (statuses.get(arrow) ?? new Set()).add(event.type));
    }
    const hasBegun = before.refresh.attempt !== after.refresh.attempt;
    if (hasBegun || before.refresh.phase !== after.refresh.phase) {
      refreshes.add(`${before.refresh.phase} --> ${after.refresh.phase}`);
    }
  }
  return { statuses, refreshes };
};

describe('docs/session.md', () => {
  it('draws every change of status with the events that cause it, and no other', async () => {
    const { statuses } = happening();
    const [drawn = new Map()] = await diagrams();
    const sorted = (events: Iterable<string>) => [...events].sort().join(', ');
    const asDrawn = [...drawn].map(([arrow, events]) => [arrow, sorted(events.split(', '))]);
    expect(Object.fromEntries(asDrawn)).toEqual(
      Object.fromEntries([...statuses].map(([arrow, events]) => [arrow, sorted(events)])),
    );
  });

  it('draws every phase that a refresh passes into, and no other', async () => {
    const [, drawn = new Map()] = await diagrams();
    expect(new Set(drawn.keys())).toEqual(happening().refreshes);
  });
});
