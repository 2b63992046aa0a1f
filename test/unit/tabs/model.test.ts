import { describe } from 'vitest';
import type { Disturbance } from './model-scenario.ts';
import { type Exploration, inEveryOrder, reportSizes } from './model-suite.ts';

const anything: Disturbance[] = ['kill', 'freeze', 'slow', 'lose'];

const twoTabs: readonly Exploration[] = [
  {
    name: 'two that call at expiry, while one is killed or frozen, an answer is lost, or timers are early',
    states: 3883,
    scenario: { from: 'expiry', deeds: [['call'], ['call']], disturbances: anything },
  },
  {
    name: 'two, of which one signs out while the other refreshes, before or after the commit at the server',
    states: 1147,
    scenario: { from: 'expiry', deeds: [['call'], ['sign-out']], transit: true },
  },
  {
    name: 'two, of which one signs out while the other refreshes, and something goes wrong',
    states: 5566,
    scenario: { from: 'expiry', deeds: [['call'], ['sign-out']], disturbances: ['kill', 'slow', 'lose'] },
  },
  {
    name: 'two, of which one signs out of a session that has no name',
    states: 343,
    scenario: { from: 'expiry', deeds: [['call'], ['sign-out']], transit: true, namesSession: false },
  },
  {
    name: 'two, of which one signs in as somebody else while the other refreshes, and something goes wrong',
    states: 5114,
    scenario: { from: 'expiry', deeds: [['sign-in bob'], ['call']], disturbances: ['slow', 'lose'], transit: true },
  },
  {
    name: 'two that sign in at once, as two users',
    states: 6547,
    scenario: { from: 'signed-in', deeds: [['sign-in bob'], ['sign-in ann']] },
  },
  {
    name: 'two that are restored at once, and something goes wrong',
    states: 9900,
    scenario: { from: 'restored', deeds: [['start'], ['start']], disturbances: anything },
  },
  {
    name: 'two that call as they are restored',
    states: 29,
    scenario: {
      from: 'restored',
      deeds: [
        ['start', 'call'],
        ['start', 'call'],
      ],
    },
  },
  {
    name: 'two that call as they are restored without a record',
    states: 5516,
    scenario: {
      from: 'restored',
      isCleared: true,
      deeds: [
        ['start', 'call'],
        ['start', 'call'],
      ],
    },
  },
  {
    name: 'two that are restored at once after a page that was alone, and something goes wrong (C-41)',
    states: 5200,
    scenario: { from: 'restored', wasLeft: true, deeds: [['start'], ['start']], disturbances: anything },
  },
  {
    name: 'two that call as they are restored after a page that was alone (C-41)',
    states: 257,
    scenario: {
      from: 'restored',
      wasLeft: true,
      deeds: [
        ['start', 'call'],
        ['start', 'call'],
      ],
    },
  },
  {
    name: "two that take 'turns', one of which is killed",
    states: 88,
    scenario: { from: 'expiry', deeds: [['call'], ['call']], client: { tabs: 'turns' }, disturbances: ['kill'] },
  },
  {
    name: 'two that share nothing, while an answer is lost',
    states: 229,
    scenario: {
      from: 'expiry',
      deeds: [['call'], ['call']],
      client: { tabs: 'off' },
      disturbances: ['lose'],
      transit: true,
    },
  },
  {
    name: 'two that call at expiry, while one is left for a while',
    states: 4100,
    scenario: { from: 'expiry', deeds: [['call'], ['call']], disturbances: ['leave'] },
  },
  {
    name: 'two, of which one signs out and the other is left for a while, and hears of it when it is back',
    states: 18400,
    scenario: { from: 'signed-in', deeds: [['sign-out'], ['call']], disturbances: ['leave'], keepsListening: true },
  },
  {
    name: 'two, of which one signs in as somebody else and the other is left for a while',
    states: 14400,
    scenario: { from: 'signed-in', deeds: [['sign-in bob'], ['call']], disturbances: ['leave'], keepsListening: true },
  },
  {
    name: 'two that call at expiry, while the app clears storage',
    states: 1242,
    scenario: { from: 'expiry', deeds: [['call'], ['call']], disturbances: ['clear'] },
  },
];

const sizes = reportSizes();

describe('in every order of things', () => inEveryOrder(twoTabs, sizes));
