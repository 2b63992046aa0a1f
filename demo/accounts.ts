/** Two, so that a change of user can be tried. Their passwords are no secret: the demo answers on loopback only. */
export const ada = { name: 'ada', displayName: 'Ada Lovelace', password: 'difference-engine' } as const;
export const grace = { name: 'grace', displayName: 'Grace Hopper', password: 'eleven-inches' } as const;
