import fc from 'fast-check';

// The same runs every time: a check says what the change did, and not what chance did. Other runs: TEST_SEED=n.
fc.configureGlobal({ seed: Number(process.env.TEST_SEED ?? 20_261_121) });

export default fc;
