// The script is plain JavaScript, so that it runs before anything is built.
declare module '*/ensure-browser.mjs' {
  export const findChromium: () => Promise<string | undefined>;
}
