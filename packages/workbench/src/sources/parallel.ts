/** How many images are read at once: decoders have threads of their own. */
const AT_ONCE = 4;

/** Calls a function for all items, a few at once; results in the order of the items. Throws what the first throws. */
export async function inParallel<T, R>(
  items: readonly T[],
  call: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  const entries = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await call(item, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** A limit on what is going on at once. */
export interface Budget {
  /** Waits until there is room for so much; something larger than the limit goes alone. Returns what gives it back. */
  readonly take: (amount: number) => Promise<() => void>;
}

/** A budget of so much in total. */
export function budgetOf(limit: number): Budget {
  let used = 0;
  let waiting: (() => void)[] = [];
  const giveBack = (amount: number): void => {
    used -= amount;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  return {
    take: async (amount) => {
      while (used > 0 && used + amount > limit) await new Promise<void>((wake) => waiting.push(wake));
      used += amount;
      return () => giveBack(amount);
    },
  };
}
