/** How long and how hard. All times in ms. */
export interface Numbers {
  readonly durationMs: number;
  readonly tokenLifeMs: number;
  readonly refreshLatencyMs: number;
  readonly callLatencyMs: number;
  readonly callsInFlight: number;
  /** The share of refreshes that is answered 503, and the share whose answer is lost after the commit. */
  readonly unavailableShare: number;
  readonly lostShare: number;
  readonly seed: number;
  readonly sampleEveryMs: number;
  /** How much of the beginning, and of the end, is compared with the other. */
  readonly windowMs: number;
  /**
   * By how much the heap may grow from the first window to the last, in bytes. An engine goes on compiling what becomes hot,
   * and the harness notes every event: that is half of this. 1 KiB more for each refresh, or 15 bytes for each call, is too much.
   */
  readonly maxGrowthBytes: number;
}

const load = {
  tokenLifeMs: 2000,
  refreshLatencyMs: 100,
  callLatencyMs: 200,
  callsInFlight: 10,
  unavailableShare: 0.05,
  lostShare: 0.02,
  maxGrowthBytes: 512 * 1024,
} as const;

/** The seed's first ten refreshes meet a fault of each kind. */
export const shortSoak: Numbers = {
  ...load,
  durationMs: 20_000,
  seed: 77,
  sampleEveryMs: 1000,
  windowMs: 5000,
};

/** Ten minutes, with faults of their own each time unless `SOAK_SEED` asks for those of another run. */
export const longSoak: Numbers = {
  ...load,
  durationMs: 600_000,
  seed: Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32)),
  sampleEveryMs: 5000,
  windowMs: 60_000,
};
