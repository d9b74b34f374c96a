/** One array, tensor or shape, or several by name: networks may take several inputs and learn several targets. */

/** Values by name. */
export type ByName<T> = Readonly<Record<string, T>>;

/** One value, or several by name. */
export type OneOrNamed<T> = T | ByName<T>;

/** `Other` where `V` is one value, several `Other` by name where it is several. */
export type Like<V, One, Other> = V extends One ? Other : ByName<Other>;

/** Whether there are several. What has a dtype of its own, and a list, is one. */
export function isNamed<T extends object>(value: OneOrNamed<T>): value is ByName<T> {
  return !Array.isArray(value) && typeof (value as { readonly dtype?: unknown }).dtype !== "string";
}

/** The values under full names, as inputs of graphs have them: one is called `title`, several `title.name`. */
export function entriesOf<T extends object>(title: string, value: OneOrNamed<T>): readonly (readonly [string, T])[] {
  if (!isNamed(value)) return [[title, value]];
  return Object.entries(value).map(([name, one]) => [`${title}.${name}`, one]);
}

/** The same with each value replaced; `name` is undefined where there is but one. */
export function mapNamed<One extends object, Other, V extends OneOrNamed<One>>(
  value: V,
  f: (one: One, name: string | undefined) => Other,
): Like<V, One, Other> {
  const made = isNamed<One>(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, f(one, name)]))
    : f(value as One, undefined);
  return made as Like<V, One, Other>;
}

/** The value of a name, or the one value where there is but one, which all names share. */
export function namedValue<T extends object>(
  value: OneOrNamed<T> | undefined,
  name: string | undefined,
): T | undefined {
  if (value === undefined) return undefined;
  if (!isNamed(value)) return value;
  return name === undefined ? undefined : value[name];
}
