import type { Fault } from './fault-row.ts';
import { endings } from './fault-rows-endings.ts';
import { networkFaults } from './fault-rows-network.ts';
import { statusFaults } from './fault-rows-status.ts';
import { tokenFaults } from './fault-rows-tokens.ts';

/** The matrix: everything that a refresh endpoint may do. */
export const faults: readonly Fault[] = [...networkFaults, ...statusFaults, ...tokenFaults, ...endings];

export const keptFaults = faults.filter(({ effect }) => effect === 'kept');
