import { inRange } from "../base/range.ts";

/** An exponentially weighted average, updated with one value at a time. */
export interface Average {
  /** Takes a value in and gives the average so far. */
  add(value: number): number;
  /** The average so far; NaN before the first value. */
  readonly value: number;
}

/**
 * v = beta · v + (1 - beta) · value from v = 0. `correct` divides what is given out by 1 - beta^t, which undoes the
 * start at 0; the stored v stays uncorrected, since feeding a corrected one back would grow without end.
 */
export function ewa(beta: number, { correct = false }: { readonly correct?: boolean } = {}): Average {
  inRange("beta", beta, { atLeast: 0, below: 1 });
  let kept = 0;
  let t = 0;
  const current = (): number => (t === 0 ? Number.NaN : correct ? kept / (1 - beta ** t) : kept);
  return {
    add: (value) => {
      t += 1;
      kept = beta * kept + (1 - beta) * value;
      return current();
    },
    get value() {
      return current();
    },
  };
}

/**
 * About how many of the last values an average covers: 1 / (1 - beta), after which a value weighs 1/e of the newest.
 */
export function effectiveWindow(beta: number): number {
  return 1 / (1 - inRange("beta", beta, { atLeast: 0, below: 1 }));
}
