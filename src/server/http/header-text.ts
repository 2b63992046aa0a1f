/**
 * Text of a header, read as HTTP and browsers read it.
 *
 * JavaScript's `trim()`, `\s` and `toLowerCase()` follow Unicode and see more: `trim()` takes U+00A0, which is one byte
 * of a header, for a space. A browser keeps that byte, so a cookie whose name begins with it has another name for the
 * browser than for whoever trims it, and escapes the rules for `__Host-` names.
 *
 * @see RFC 9110 section 5.6.3 (optional whitespace is space and tab)
 */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text, start)) start += 1;
  while (end > start && isSpace(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

/** The text with A to Z in lower case and everything else as it is: U+212A does not become a `k`. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function isSpace(text: string, index: number): boolean {
  const character = text.charAt(index);
  return character === ' ' || character === '\t';
}
