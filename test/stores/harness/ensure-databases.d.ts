// The script is plain JavaScript, so that it runs before anything is built.
declare module '*/ensure-databases.mjs' {
  export const findRedis: () => string | undefined;
  export const findPostgres: () => { readonly initdb: string; readonly postgres: string } | undefined;
  /** Whether a database that is not there fails the tests instead of being passed over. */
  export const areAllNeeded: boolean;
}
