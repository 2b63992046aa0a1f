import type { ReactNode } from 'react';
import { Glyph } from './glyph.tsx';
import { type MarkKind, meanings } from './marks.ts';

/** What needs more words than it has in the summary. */
const explanations: Partial<Record<MarkKind, string>> = {
  received: 'received the token that another tab got',
};

export const Legend = (): ReactNode => (
  <ul className="legend" aria-label="Legend">
    {(Object.keys(meanings) as MarkKind[]).map((kind) => (
      <li key={kind}>
        <Glyph kind={kind} />
        {explanations[kind] ?? meanings[kind]}
      </li>
    ))}
    <li>larger: several at once</li>
  </ul>
);
