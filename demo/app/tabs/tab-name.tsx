import { type ReactNode, useEffect } from 'react';
import { useTabs } from './use-tabs.ts';

/** What this tab is called: on the page, and in its title, by which it is found among the others. */
export const TabName = (): ReactNode => {
  const { name } = useTabs();
  useEffect(() => {
    document.title = name === undefined ? 'silent-refresh demo' : `Tab ${name} · silent-refresh demo`;
  }, [name]);
  return name && <span className="tab-name">Tab {name}</span>;
};
