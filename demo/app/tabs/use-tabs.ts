import { useSyncExternalStore } from 'react';
import { activity } from '../activity/use-activity.ts';
import { createTabs, type Tabs } from './tabs.ts';

const tabs = createTabs(activity);

export const useTabs = (): Tabs => useSyncExternalStore(tabs.subscribe, tabs.current);
