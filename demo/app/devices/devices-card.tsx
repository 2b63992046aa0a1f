import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useSession } from '../session/auth.ts';
import { type Device, devices } from './devices.ts';

/** Where the user is signed in, asked for when the list is opened. */
export const Devices = (): ReactNode => {
  const list = useSyncExternalStore(devices.subscribe, devices.current);
  const sid = useSession((session) => session.claims?.sid);
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const summary = useRef<HTMLElement>(null);

  // Another session is another list.
  useEffect(() => {
    if (isOpen && sid !== undefined) void devices.load().then((problem) => setSaid(problem ?? ''));
  }, [isOpen, sid]);

  const run = async (change: Promise<string | undefined>, done: string) => {
    setSaid((await change) ?? done);
    // The button that was pressed is gone.
    summary.current?.focus();
  };

  return (
    <section className="card devices" aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary ref={summary}>Where you are signed in</summary>
        <ul aria-labelledby="devices">
          {list?.map((device) => (
            <DeviceRow
              key={device.sid}
              device={device}
              onEnd={() => void run(devices.end(device.sid), `${device.device} is signed out.`)}
            />
          ))}
        </ul>
        {list?.some(({ isThisOne }) => !isThisOne) && (
          <button
            type="button"
            className="danger"
            onClick={() => void run(devices.endOthers(), 'All others are signed out.')}
          >
            End all others
          </button>
        )}
      </details>
      <output>{said}</output>
    </section>
  );
};

const DeviceRow = ({ device: row, onEnd }: { device: Device; onEnd: () => void }): ReactNode => (
  <li>
    <div>
      <strong>{row.device}</strong> {row.isThisOne && <span className="this-one">this one</span>}
      <p>
        Signed in {timeOf(row.createdAt)}, last used {timeOf(row.lastUsedAt)}
      </p>
    </div>
    {!row.isThisOne && (
      <button type="button" aria-label={`End ${row.device}`} onClick={onEnd}>
        End
      </button>
    )}
  </li>
);

const timeOf = (at: number): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
