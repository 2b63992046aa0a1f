/** Whether a call only reads: it can be made again by whoever made it, and nothing is lost with it. */
export const isRead = (method: string): boolean => /^(get|head)$/i.test(method);

/**
 * Those of the held calls for whom there is no room: the oldest reads, so that a write is never refused for a poll; and
 * where there are none, whoever came last. `held` is in the order of holding.
 */
export const withoutRoom = <Call extends { readonly isRead: boolean }>(held: readonly Call[], room: number): Call[] => {
  const tooMany = Math.max(held.length - room, 0);
  const reads = held.filter((call) => call.isRead).slice(0, tooMany);
  const writes = held.filter((call) => !call.isRead);
  return [...reads, ...writes.slice(writes.length - (tooMany - reads.length))];
};
