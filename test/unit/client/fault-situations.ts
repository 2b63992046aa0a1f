import type { Session } from '../../../src/session/session.ts';
import type { Fault, SituationName } from './fault-row.ts';
import { type Claims, createWorld, reloaded, signedInWorld, type World, type WorldOptions } from './world.ts';

/** A page that is about to refresh. */
export interface Situation {
  readonly name: SituationName;
  readonly page: string;
  /** The page before its refresh. Nothing of it is counted yet. */
  arrange(options: WorldOptions): Promise<World>;
  /** The refresh is sent. */
  refresh(world: World): Promise<void>;
}

const started: Situation['refresh'] = async ({ client, platform }) => {
  client.start();
  await platform.advance(0);
};

/** Hidden, a page lets its token die; seen again, it wants a new one. */
const seenAgain: Situation['refresh'] = async ({ platform }) => {
  platform.happen('visible');
  await platform.advance(0);
};

export const situations: readonly Situation[] = [
  {
    name: 'starting',
    page: 'a page that is starting, without a record',
    arrange: async (options) => {
      const world = createWorld(options);
      world.server.enter('ann');
      return world;
    },
    refresh: started,
  },
  {
    name: 'hadSession',
    page: 'a page that is starting, with a record of somebody',
    arrange: async (options) => {
      const before = await signedInWorld('ann', options);
      return reloaded(before, options);
    },
    refresh: started,
  },
  {
    name: 'expired',
    page: 'a page whose token has expired',
    arrange: async (options) => {
      const world = await signedInWorld('ann', options);
      world.platform.happen('hidden');
      await world.platform.advance(300_000);
      return world;
    },
    refresh: seenAgain,
  },
  {
    name: 'valid',
    page: 'a page whose token is still valid',
    arrange: (options) => signedInWorld('ann', options),
    /** Of the five minutes, 60 s are lead time and one has passed. */
    refresh: ({ platform }) => platform.advance(239_000),
  },
];

export const situationOf = (name: SituationName): Situation =>
  situations.find((situation) => situation.name === name) as Situation;

/** A page in its situation, before an endpoint with a fault, for one request or for all. */
export const facing = async (
  situation: Situation,
  { answer, form = 'opaque' }: Fault,
  how: 'once' | 'always' = 'always',
): Promise<World> => {
  const world = await situation.arrange({ server: { form } });
  if (how === 'once') world.server.next('/auth/refresh', answer(world.server));
  else world.server.always('/auth/refresh', answer(world.server));
  return world;
};

/** The session in the words of the matrix. */
export const shown = (session: Session<Claims>): string => {
  const { status, reason, problem } = { reason: undefined, problem: undefined, ...session };
  const why = reason ?? (problem && [problem.kind, problem.status].filter((part) => part !== undefined).join(' '));
  return why === undefined ? status : `${status} (${why})`;
};

/** How long after each other the refreshes were sent. */
export const gapsMs = ({ server }: World): number[] => {
  const at = server.asked('/auth/refresh').map((asked) => asked.at);
  return at.slice(1).map((time, n) => time - (at[n] ?? 0));
};
