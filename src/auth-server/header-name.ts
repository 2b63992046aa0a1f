/** Whether a text can be the name of a header (RFC 9110 §5.6.2). */
export const isHeaderName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value);
