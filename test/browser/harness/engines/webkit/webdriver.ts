/** Sends one command of WebDriver (W3C), and gives the value of its answer. */
export type Command = <Value>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  parameters?: Readonly<Record<string, unknown>>,
) => Promise<Value>;

/** Longer than any time limit within the browser: it ends the wait for a driver that has stopped answering. */
const timeoutMs = 60_000;

export const webDriver =
  (address: string): Command =>
  async (method, path, parameters) => {
    const response = await fetch(address + path, {
      method,
      ...(method === 'POST' && { body: JSON.stringify(parameters ?? {}) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
    return value;
  };
