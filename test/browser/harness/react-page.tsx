import { createRoot, hydrateRoot } from 'react-dom/client';
import { createAuthClient } from '../../../src/index.ts';
import { App, type Counts, noCounts } from '../react-app.tsx';

declare global {
  interface Window {
    counts: Counts;
    /** What React had to mend of the server's markup. */
    mended: string[];
  }
}

const root = document.getElementById('root') as HTMLElement;
const firstCall = root.dataset.firstCall;
window.auth = createAuthClient();
window.counts = noCounts();
window.mended = [];
const app = <App auth={window.auth} counts={window.counts} {...(firstCall !== undefined && { firstCall })} />;
if (root.childElementCount === 0) createRoot(root).render(app);
else hydrateRoot(root, app, { onRecoverableError: (error) => void window.mended.push(String(error)) });
