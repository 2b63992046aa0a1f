/** The value of an option that is a duration. Throws a `TypeError` that names the option unless it is within the bounds. */
export function duration(name: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new TypeError(`\`${name}\` must be a number of milliseconds from ${min} to ${max}.`);
  }
  return value;
}

/** The value of an option that is a number of things. Throws a `TypeError` that names the option for anything else. */
export function count(name: string, value: number, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new TypeError(`\`${name}\` must be a whole number, ${min} or more.`);
}
