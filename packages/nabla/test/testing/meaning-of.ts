/** The meaning of a kind. A kind without one is an error here: it would be compared with nothing. */
export function meaningOf<T>(meanings: Readonly<Record<string, T>>, kind: string): T {
  const found = meanings[kind];
  if (found === undefined) throw new Error(`write down what ${kind} means, among ${Object.keys(meanings).join(", ")}`);
  return found;
}
