// What the production build has in the place of `advice.ts`.

type Advice = typeof import('./advice.ts');

export const advise: Advice['advise'] = () => '';
export const explainThrown: Advice['explainThrown'] = () => undefined;
export const explainUnavailable: Advice['explainUnavailable'] = () => undefined;
export const kindOf: Advice['kindOf'] = (value) => typeof value;
