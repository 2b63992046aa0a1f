/** Which session is due when, the earliest first: a binary heap, in which adding and taking cost the same however much it holds. */
export interface ExpiryQueue {
  add(sid: string, at: number): void;
  /** Takes out the session that is due first; `undefined` if none is due. */
  takeDue(now: number): string | undefined;
}

export function createExpiryQueue(): ExpiryQueue {
  // Two flat lists: an object for each entry would take three times the memory.
  const instants: number[] = [];
  const sids: string[] = [];
  const instantAt = (index: number) => instants[index] ?? Number.POSITIVE_INFINITY;

  function put(index: number, sid: string, at: number): void {
    instants[index] = at;
    sids[index] = sid;
  }

  function move(from: number, to: number): void {
    put(to, sids[from] ?? '', instantAt(from));
  }

  function siftDown(sid: string, at: number): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child = instantAt(left + 1) < instantAt(left) ? left + 1 : left;
      if (instantAt(child) >= at) break;
      move(child, index);
      index = child;
    }
    put(index, sid, at);
  }

  return {
    add(sid, at) {
      let index = instants.length;
      for (let parent = (index - 1) >> 1; index > 0 && instantAt(parent) > at; parent = (index - 1) >> 1) {
        move(parent, index);
        index = parent;
      }
      put(index, sid, at);
    },
    takeDue(now) {
      const [sid] = sids;
      if (instantAt(0) > now) return undefined;
      const lastAt = instants.pop();
      const lastSid = sids.pop();
      if (instants.length > 0) siftDown(lastSid ?? '', lastAt ?? 0);
      return sid;
    },
  };
}
