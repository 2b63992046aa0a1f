/**
 * Lets go of a body that nobody will read: it would keep its connection, and use up the quota of `keepalive`
 * requests.
 */
export function discard({ body }: Pick<Response, 'body'>): void {
  return void body?.cancel().catch(() => {});
}

/** A copy of a form, since apps go on using it; `undefined` for anything else. */
export function copyOfForm(body: unknown): FormData | URLSearchParams | undefined {
  const isFormData = isTagged('FormData', body) || body instanceof FormData;
  if (!isFormData && !isTagged('URLSearchParams', body)) return undefined;
  const copy = isFormData ? new FormData() : new URLSearchParams();
  for (const [name, value] of body as FormData) copy.append(name, value as string);
  return copy;
}

/**
 * Whether a value is of a class of the browser, by its tag: it may come from another frame, and libraries put
 * classes of their own in the place of the global one. Some DOMs for tests have no tags.
 */
export function isTagged(
  name: 'ArrayBuffer' | 'FormData' | 'Request' | 'Response' | 'URLSearchParams',
  value: unknown,
): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}
