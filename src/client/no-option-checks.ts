// What the production build has in the place of `option-checks.ts`. Checks that keep an app safe are in
// `settings.ts`.

type OptionChecks = typeof import('./option-checks.ts');

export const checkOptions: OptionChecks['checkOptions'] = () => {};
export const checkCallOptions: OptionChecks['checkCallOptions'] = () => {};
export const checkTokenOptions: OptionChecks['checkTokenOptions'] = () => {};
