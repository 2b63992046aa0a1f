import type { ReactNode } from 'react';
import { EventLog } from './activity/event-log.tsx';
import { Timeline } from './activity/timeline.tsx';
import { TokenLife } from './activity/token-life.tsx';
import { Calls } from './calls/calls.tsx';
import { Devices } from './devices/devices-card.tsx';
import { Notes } from './notes/notes-card.tsx';
import { Reports } from './report/reports-card.tsx';
import { Who } from './session/who.tsx';
import { DemoServer } from './switches/demo-server.tsx';
import { TryThis } from './try-this.tsx';

export const Dashboard = (): ReactNode => (
  <div className="dashboard">
    <Who />
    <TokenLife />
    <TryThis />
    <Timeline />
    <DemoServer />
    <Reports />
    <Calls />
    <Notes />
    <Devices />
    <EventLog />
  </div>
);
