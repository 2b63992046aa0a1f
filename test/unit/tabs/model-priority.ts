import { constants, setPriority } from 'node:os';

// The model computes for a minute beside tests in which pages wait: whatever wakes up there comes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
