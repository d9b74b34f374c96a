import type { Host } from "../../src/store/owner.ts";

/** What a host of a test pretends. */
export interface Pretence {
  readonly pid?: number;
  readonly machine?: string;
  readonly now?: number;
  /** What this host says of processes that it is asked about. */
  readonly alive?: boolean | "unknown";
}

/** A host whose processes live as told and whose clock stands still. */
export function pretendedHost({ pid = 1, machine = "here 1", now = 1e12, alive = true }: Pretence = {}): Host {
  return {
    self: { machine, pid, started: "1" },
    now: () => now,
    lives: () => (alive === "unknown" ? undefined : alive),
  };
}
