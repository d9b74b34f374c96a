/** The keys that may be undefined. */
type Open<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** A record whose keys that may be undefined are optional instead. */
export type Compact<T> = Omit<T, Open<T>> & { [K in Open<T>]?: Exclude<T[K], undefined> };

/** The record without the keys whose value is undefined: `compact({ rows, seed })` has a `seed` only where there is one. */
export function compact<const T extends object>(record: T): Compact<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Compact<T>;
}
