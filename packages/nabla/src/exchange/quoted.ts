/** A name as messages show it: quoted, and cut when a damaged file makes it long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}
