import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The code blocks of a document that are whole files: those whose first line is a comment with their name. */
export const documentedFiles = (document: string): ReadonlyMap<string, string> => {
  const text = readFileSync(join(import.meta.dirname, '../..', document), 'utf8');
  const blocks = [...text.matchAll(/```\w+\n(\/\/ (\S+\.\w+)\n.*?)```/gs)];
  return new Map(blocks.map(([, code = '', name = '']) => [name, code]));
};
