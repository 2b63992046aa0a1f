import { manyTabs, type Storm } from './scenarios/many-tabs.ts';
import { FAULTS, lostResponse, outage, type Survival } from './scenarios/outage.ts';
import { foreignOrigin, late401, type Place, places, renders, signOutDuringRefresh } from './scenarios/single-page.ts';
import type { Bench } from './scenarios/world.ts';
import type { Subject } from './subjects.ts';

/** A column of one of the tables. */
export interface Behaviour {
  readonly name: string;
  /** It wants the machine to itself. */
  readonly isHeavy?: true;
  /** What the table says of a subject. */
  measure(bench: Bench, subject: Subject): Promise<string>;
}

/** Tabs that race each other do not do the same each time. */
const RUNS = 3;

const storm = (tabs: number, options: Pick<Parameters<typeof manyTabs>[2], 'reuse' | 'token'>, runs = 1) =>
  ({
    isHeavy: true,
    measure: async (bench: Bench, subject: Subject) => {
      const storms: Storm[] = [];
      while (storms.length < runs) storms.push(await manyTabs(bench, subject, { tabs, calls: 20, ...options }));
      return stormCell(storms);
    },
  }) as const;

const outages = (Object.keys(FAULTS) as (keyof typeof FAULTS)[]).map((name) => ({
  name: `the refresh endpoint ${name}`,
  measure: async (bench: Bench, subject: Subject) => survivalCell(await outage(bench, subject, FAULTS[name])),
}));

/** The tables, by their headings. */
export const GROUPS: Readonly<Record<string, readonly Behaviour[]>> = {
  'Many calls in many tabs': [
    { name: '5 tabs × 20 calls when the token is due', ...storm(5, { reuse: 'strict', token: 'due' }, RUNS) },
    { name: '20 tabs × 20 calls', ...storm(20, { reuse: 'strict', token: 'due' }) },
    { name: '5 tabs × 20 calls, server with 10 s leeway', ...storm(5, { reuse: 'leeway', token: 'due' }) },
    { name: '5 tabs × 20 calls, the API answers 401 early', ...storm(5, { reuse: 'strict', token: 'refused' }) },
  ],
  'The refresh endpoint fails for six seconds': outages,
  'The answer to one refresh is lost': [
    {
      name: 'lost answer, strict server',
      measure: async (bench, subject) => survivalCell(await lostResponse(bench, subject, 'strict')),
    },
    {
      name: 'lost answer, strict server that reads `Idempotency-Key`',
      measure: async (bench, subject) => survivalCell(await lostResponse(bench, subject, 'strict-with-keys')),
    },
    {
      name: 'lost answer, server with 10 s leeway',
      measure: async (bench, subject) => survivalCell(await lostResponse(bench, subject, 'leeway')),
    },
  ],
  'Where the tokens are': [
    {
      name: 'the access token can be read in',
      measure: async (bench, subject) => placesCell((await places(bench, subject)).access),
    },
    {
      name: 'the refresh token can be read in',
      measure: async (bench, subject) => placesCell((await places(bench, subject)).refresh),
    },
    {
      name: 'a call to another origin carries the token',
      measure: async (bench, subject) => {
        if (!subject.sendsCalls) return 'the app sends its calls itself';
        return (await foreignOrigin(bench, subject)) ? 'yes' : 'no';
      },
    },
    {
      name: 'sign-out while a refresh is under way',
      measure: async (bench, subject) => {
        const { isSignedIn, keepsLiveToken, isSignedInAfterReload } = await signOutDuringRefresh(bench, subject);
        if (isSignedInAfterReload) return 'signed in again';
        if (isSignedIn) return 'signed in again, until a reload';
        return keepsLiveToken ? 'signed out, with a live refresh token left' : 'signed out';
      },
    },
  ],
  'What it costs': [
    {
      name: 'a 401 for the old token, after the refresh',
      measure: async (bench, subject) => {
        const { refreshes, failed } = await late401(bench, subject);
        return refreshes === 0 ? 'the app gets the 401' : `${counted(String(refreshes))}, ${failed} of 2 calls failed`;
      },
    },
    {
      name: 'renders for a silent refresh',
      measure: async (bench, { react, ...subject }) =>
        react === undefined ? 'no React binding' : String(await renders(bench, { ...subject, app: react.app })),
    },
    {
      name: 'gzipped size',
      measure: async ({ bytesOf }, subject) => `${((await bytesOf(subject)) / 1000).toFixed(1)} kB`,
    },
  ],
};

function stormCell(storms: readonly Storm[]): string {
  const of = (name: 'refreshes' | 'sessions' | 'failed') => rangeOf(storms.map((each) => each[name]));
  const many = of('sessions') === '1' ? '' : ` for ${of('sessions')} sessions`;
  const reasons = [...new Set(storms.flatMap((each) => each.reasons))];
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  const losing = storms.filter(({ lost }) => lost > 0).length;
  const inRuns = storms.length === 1 ? '' : ` in ${losing} of ${storms.length} runs`;
  const end = losing === 0 ? 'kept' : `${many === '' ? 'session' : 'a session'} lost${inRuns}`;
  return `${counted(of('refreshes'))}${many}, ${of('failed')} of ${storms[0]?.calls} calls failed${why}, ${end}`;
}

function rangeOf(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function survivalCell({ kept, byProvider }: Survival): string {
  if (!kept) return 'signed out';
  return byProvider ? 'kept, by a new session from the provider' : 'kept';
}

function placesCell(found: readonly Place[]): string {
  return found.length === 0 ? 'in no storage' : found.join(', ');
}

function counted(refreshes: string): string {
  return refreshes === '1' ? '1 refresh' : `${refreshes} refreshes`;
}
