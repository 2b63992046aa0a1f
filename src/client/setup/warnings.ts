/** Warns once for each text. */
export interface Warnings {
  /** `entry` is a heading of the page on troubleshooting, as its link has it. */
  warn(entry: string, text: string): void;
}

const TROUBLESHOOTING = 'https://github.com/silent-refresh/silent-refresh/blob/main/docs/troubleshooting.md';

export function createWarnings(print: (message: string) => void): Warnings {
  const printed = new Set<string>();
  return {
    warn(entry, text) {
      if (printed.has(text)) return;
      printed.add(text);
      print(`[silent-refresh] ${text} See ${TROUBLESHOOTING}#${entry}`);
    },
  };
}
