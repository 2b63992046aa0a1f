// The script is plain JavaScript, so that it runs before anything is built.
declare module '*/ensure-browser.mjs' {
  export const findChromium: () => Promise<string | undefined>;
  export const findFirefox: () => Promise<string | undefined>;
  export const findWebKit: () => Promise<
    { readonly driver: string; readonly browser: string; readonly screen: string } | undefined
  >;
  /** Whether an engine that is not there fails the tests instead of being passed over. */
  export const areAllNeeded: boolean;
}
