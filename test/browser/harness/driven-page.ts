/** A page, as far as every engine lets it be driven. Playwright's pages are such. */
export interface DrivenPage {
  /** Runs a function in the page; it sees nothing but its argument, and what comes of it leaves the page as JSON would. */
  evaluate<Result, Arg>(run: (arg: Arg) => Result | Promise<Result>, arg: Arg): Promise<Result>;
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>;
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<unknown>;
  /** Resolves when the page has loaded again. */
  reload(): Promise<unknown>;
  close(): Promise<void>;
}
