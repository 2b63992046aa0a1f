// What the production build has in the place of `watch-setup.ts`.

type WatchSetup = typeof import('./watch-setup.ts');

export const watchSetup: WatchSetup['watchSetup'] = (client) => client;
