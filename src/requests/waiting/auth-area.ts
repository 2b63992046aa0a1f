/**
 * Tells whether an address belongs to the auth server: it is one of its endpoints (`addresses`: origin and
 * path), or below the folder that those of one origin have in common, unless that is the whole origin. Held
 * calls may be waiting for a call there, to a second factor for example. With `endpointsAlone`, the folder
 * does not count. The addresses are resolved at the first use.
 */
export function createAuthArea(addresses: () => readonly string[]): (url: URL, endpointsAlone?: boolean) => boolean {
  let area: { readonly endpoints: ReadonlySet<string>; readonly folders: readonly string[] } | undefined;
  return ({ origin, pathname }, endpointsAlone = false) => {
    area ??= areaOf(addresses());
    const address = origin + pathname;
    return (
      area.endpoints.has(address) || (!endpointsAlone && area.folders.some((folder) => address.startsWith(folder)))
    );
  };
}

function areaOf(addresses: readonly string[]) {
  const byOrigin = new Map<string, string[]>();
  for (const address of addresses) {
    const { origin, pathname } = new URL(address);
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), pathname]);
  }
  const folders = [...byOrigin].flatMap(([origin, paths]) => {
    const folder = paths.length > 1 ? commonFolder(paths) : '/';
    return folder === '/' ? [] : [origin + folder];
  });
  return { endpoints: new Set(addresses), folders };
}

function commonFolder([first = '', ...others]: readonly string[]): string {
  const parts = first.split('/').slice(0, -1);
  while (!others.every((path) => path.startsWith(`${parts.join('/')}/`))) parts.pop();
  return `${parts.join('/')}/`;
}
