/** What an app does with the library that it signs its users in with. */
export interface App {
  /** Ends when the user is signed in, or never where the page is sent to a provider. */
  signIn(): Promise<unknown>;
  /** Calls the API as the library's documentation says. The status of the response. */
  call(url: string): Promise<number>;
  signOut(): Promise<unknown>;
  isSignedIn(): Promise<boolean> | boolean;
}

declare global {
  interface Window {
    config: Record<string, string>;
    app: Promise<App>;
    /** The statuses of so many calls at once, or why there is none. */
    outcomesOf(url: string, times: number): Promise<(number | string)[]>;
    /** How often a component has rendered that uses the library's hooks. */
    renders: number;
  }
}

const PATIENCE_MS = 40_000;

/** Puts the app where the comparison finds it. */
export function present(make: () => Promise<App> | App): void {
  const app = Promise.resolve().then(make);
  const outcome = async (url: string): Promise<number | string> => {
    const patience = new Promise<string>((resolve) => setTimeout(resolve, PATIENCE_MS, 'no answer'));
    const called = app.then(({ call }) => call(url)).catch((error: unknown) => nameOf(error));
    return Promise.race([called, patience]);
  };
  window.app = app;
  window.outcomesOf = (url, times) => Promise.all(Array.from({ length: times }, () => outcome(url)));
}

export function countRender(): void {
  window.renders = (window.renders ?? 0) + 1;
}

/** Some libraries tell their errors apart by the message alone. */
function nameOf(error: unknown): string {
  const { name, message } = error as Error;
  return name === 'Error' ? message : name;
}
