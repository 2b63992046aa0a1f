/**
 * Throws a `TypeError` for a member of `given` that is not in `known`, and names the nearest one that is. `path`: where the
 * members are, such as `endpoints.`.
 */
export function checkNames(given: object | undefined, known: Readonly<Record<string, true>>, path = ''): void {
  for (const name of Object.keys(given ?? {})) {
    if (Object.hasOwn(known, name)) continue;
    const nearest = nearestOf(name, Object.keys(known));
    const advice =
      nearest === undefined ? `The options are: ${Object.keys(known).join(', ')}.` : `Is it \`${path}${nearest}\`?`;
    throw new TypeError(`\`${path}${name}\` is not an option. ${advice}`);
  }
}

/** The known name that a misspelt one was meant to be, if any is near enough. */
function nearestOf(name: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(name.length / 3));
  const near = known
    .map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= most ? near.other : undefined;
}

/** How many letters have to be added, left out or replaced (Levenshtein). */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1];
    for (const [at, other] of [...to].entries()) {
      const replaced = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
