import type { BrowserContext, Page } from 'playwright';
import type { DrivenPage } from './driven-page.ts';
import { type Spying, spyOn } from './leaks.ts';

/** A browser profile that nothing else uses: its tabs share a cookie jar and a storage. */
export interface Profile<P extends DrivenPage = DrivenPage> {
  /** Another tab. */
  open(): Promise<P>;
  pages(): readonly P[];
  readonly spying: Spying;
  /** The cookie jar, with what script does not see. */
  cookies(): Promise<readonly { readonly name: string; readonly value: string }[]>;
  close(): Promise<void>;
}

export const profileOf = (context: BrowserContext): Profile<Page> => ({
  open: () => context.newPage(),
  pages: () => context.pages(),
  spying: spyOn(context),
  cookies: () => context.cookies(),
  close: () => context.close(),
});
