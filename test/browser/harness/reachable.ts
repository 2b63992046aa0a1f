import type { DrivenPage } from './driven-page.ts';

/**
 * Every text that can be read, without running any code of the client's, from what a page's React tree holds (props, state
 * and context), from the client itself, and from what the client has told or thrown.
 */
export const reachableTexts = (page: Pick<DrivenPage, 'evaluate'>): Promise<string> =>
  page.evaluate(() => {
    const texts: string[] = [];
    const seen = new Set<unknown>();
    const visit = (value: unknown, depth: number) => {
      if (typeof value === 'string') texts.push(value);
      if (typeof value !== 'object' || value === null || value instanceof Node || depth > 30 || seen.has(value)) return;
      seen.add(value);
      const isError = value instanceof Error;
      if (value instanceof Map || value instanceof Set) for (const item of value) visit(item, depth + 1);
      for (const name of isError ? Object.getOwnPropertyNames(value) : Object.keys(value)) {
        if (name !== 'response') visit((value as Record<string, unknown>)[name], depth + 1);
      }
    };
    for (const element of document.querySelectorAll('*')) {
      for (const name of Object.keys(element)) {
        // The root of a tree of React's, and what React keeps with an element.
        if (name.startsWith('__react')) visit((element as unknown as Record<string, unknown>)[name], 0);
      }
    }
    const { auth, heard } = window as { auth?: unknown; heard?: unknown };
    visit(auth, 0);
    visit(heard, 0);
    return texts.join('\n');
  });
