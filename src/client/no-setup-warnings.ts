// What the production build has in the place of `setup-warnings.ts`.

type SetupWarnings = typeof import('./setup-warnings.ts');

export const createSetupWarnings: SetupWarnings['createSetupWarnings'] = () => () => {};
