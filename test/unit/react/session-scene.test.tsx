import { expect, it } from 'vitest';
import { livedThrough, liveThroughSession } from './session-scene.tsx';

it('shows a session from its first answer to its end, without a render for a silent refresh', async () => {
  expect(await liveThroughSession()).toEqual(livedThrough);
});
