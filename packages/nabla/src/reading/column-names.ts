import type { Notice } from "../base/notice.ts";
import { listing } from "../base/text.ts";

/** Names of columns, and what was changed in them. */
export interface ColumnNames {
  readonly names: readonly string[];
  readonly notices: readonly Notice[];
}

const MOST_NAMED = 3;

/** Names as a file gives them, each once: a column without one is called "column 3", a second of one name "name (2)". */
export function distinctNames(given: readonly string[]): ColumnNames {
  const taken = new Set(given);
  const used = new Set<string>();
  /** The number after which to look for the next free one, so that thousands of one name take no time. */
  const numbers = new Map<string, number>();
  const numbered = (name: string): string => {
    for (let number = numbers.get(name) ?? 2; ; number++) {
      const distinct = `${name} (${number})`;
      if (taken.has(distinct)) continue;
      numbers.set(name, number + 1);
      return distinct;
    }
  };
  const repeated: string[] = [];
  const names = given.map((written, i) => {
    const name = written === "" ? `column ${i + 1}` : written;
    const distinct = used.has(name) || (written === "" && taken.has(name)) ? numbered(name) : name;
    if (written !== "" && distinct !== name) repeated.push(`"${name}" (the second is called "${distinct}")`);
    used.add(distinct);
    taken.add(distinct);
    return distinct;
  });
  if (repeated.length === 0) return { names, notices: [] };
  const shown =
    repeated.length > MOST_NAMED
      ? [...repeated.slice(0, MOST_NAMED), `${repeated.length - MOST_NAMED} more`]
      : repeated;
  const message = `${repeated.length === 1 ? "two columns have" : "several columns have"} one name: ${listing(shown)}`;
  return { names, notices: [{ code: "data/duplicate-column", message }] };
}
