/**
 * A name in the one spelling in which names are compared: `accessToken`, `access-token` and `ACCESS_TOKEN`
 * are `access_token`.
 */
export function spelledOut(name: string): string {
  return name
    .replace(/([a-z])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, (_, lower, upper, last) =>
      last === undefined ? `${lower}_${upper}` : `${last}_`,
    )
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}
