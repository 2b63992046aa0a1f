/**
 * Lets go of a body that nobody will read: it would keep its connection, and use up the quota of `keepalive`
 * requests.
 */
export function discard({ body }: Pick<Response, 'body'>): void {
  return void body?.cancel().catch(() => {});
}

/** A copy of a form, since apps go on using it; `undefined` for anything else. */
export function copyOfForm(body: unknown): FormData | URLSearchParams | undefined {
  const isFormData = body instanceof FormData;
  if (!isFormData && !(body instanceof URLSearchParams)) return undefined;
  const copy = isFormData ? new FormData() : new URLSearchParams();
  for (const [name, value] of body) copy.append(name, value as string);
  return copy;
}
