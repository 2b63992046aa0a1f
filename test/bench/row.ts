/** One figure of the benchmark. */
export interface Row {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** What fails the benchmark if it is exceeded. */
  readonly budget: number | undefined;
}
