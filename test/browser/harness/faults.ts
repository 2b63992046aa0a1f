/** What goes wrong, or slowly, with one request. */
export interface Fault {
  /** Waited for before the request is dealt with: nothing is committed yet. */
  readonly before?: () => Promise<unknown>;
  /** Given in place of the real answer, without the real thing having happened. */
  readonly answer?: () => Response;
  /** Waited for once all is committed, before the answer is given. */
  readonly after?: () => Promise<unknown>;
  /** Cuts the connection where the answer would be given. */
  readonly drop?: boolean;
}

/** The faults of the next requests, path by path. */
export interface Faults {
  /** The next `times` requests of `path` meet `fault`. */
  next(path: string, fault: Fault, times?: number): void;
  take(path: string): Fault;
}

export const createFaults = (): Faults => {
  const planned = new Map<string, Fault[]>();
  return {
    next: (path, fault, times = 1) => {
      planned.set(path, [...(planned.get(path) ?? []), ...Array.from({ length: times }, () => fault)]);
    },
    take: (path) => planned.get(path)?.shift() ?? {},
  };
};

export const delay = (ms: number) => (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A gate that is shut until `open` is called. */
export const gate = (): { readonly pass: () => Promise<void>; readonly open: () => void } => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { pass: () => opened, open: () => open() };
};

export const answering = (status: number, headers: Record<string, string> = {}, body: string | null = null): Fault => ({
  answer: () => new Response(body, { status, headers }),
});
