import type { ReactNode } from 'react';
import type { Mark } from './activity.ts';
import { Glyph } from './glyph.tsx';
import { type MarkKind, meanings } from './marks.ts';

/** What needs more words than it has in the summary. */
const explanations: Partial<Record<MarkKind, string>> = {
  received: 'received the token that another tab got',
};

/** Explains the marks that are there to be seen, and no others. */
export const Legend = ({ marks }: { readonly marks: readonly Mark[] }): ReactNode => {
  const seen = new Set(marks.map(({ kind }) => kind));
  return (
    <ul className="legend" aria-label="Legend">
      {(Object.keys(meanings) as MarkKind[])
        .filter((kind) => seen.has(kind))
        .map((kind) => (
          <li key={kind}>
            <Glyph kind={kind} />
            {explanations[kind] ?? meanings[kind]}
          </li>
        ))}
      {marks.some(({ count }) => count > 1) && <li>larger: several at once</li>}
    </ul>
  );
};
