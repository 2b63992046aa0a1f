/** The life of the access tokens, which the demo lets be changed while it runs. */
export interface Lifetime {
  ms(): number;
  setSeconds(seconds: number): void;
}

export function createLifetime(): Lifetime {
  let seconds = 15;
  return {
    ms: () => seconds * 1000,
    setSeconds(next) {
      seconds = next;
    },
  };
}
