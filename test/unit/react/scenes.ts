export { hydrateSlowly } from './hydration-scene.tsx';
export { liveThroughSession } from './session-scene.tsx';
