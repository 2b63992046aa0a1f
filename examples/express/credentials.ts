/** Name and password as text, whatever was sent. */
export function textsOf(credentials: unknown): { name: string; password: string } {
  const { name, password } = Object(credentials) as { name?: unknown; password?: unknown };
  return { name: typeof name === 'string' ? name : '', password: typeof password === 'string' ? password : '' };
}
