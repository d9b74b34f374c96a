/** The written columns of several files, one below the other. */
import { known, listing, NablaError, nearest } from "nabla";
import { EMPTY_CELL, NUMBER_CELL, SPELLINGS, type WrittenColumn } from "nabla/reading";

/** Columns of a file, with its name for messages. */
export interface NamedColumns {
  readonly name: string;
  readonly columns: readonly WrittenColumn[];
}

/**
 * The columns of the first file with the rows of all. Columns may stand in any order; throws `data/parts` where a file has
 * others.
 */
export function joinWritten(files: readonly NamedColumns[]): readonly WrittenColumn[] {
  const [first, ...others] = files;
  if (first === undefined || others.length === 0) return first?.columns ?? [];
  for (const other of others) checkNames(first, other);
  const byName = files.map(({ columns }) => new Map(columns.map((column) => [column.name, column])));
  return first.columns.map(({ name }) => joined(byName.map((columns) => known(columns.get(name), name))));
}

function checkNames(first: NamedColumns, other: NamedColumns): void {
  const [wanted, found] = [first, other].map(({ columns }) => columns.map(({ name }) => name));
  const lacking = wanted?.find((name) => found?.includes(name) !== true);
  const surplus = found?.find((name) => wanted?.includes(name) !== true);
  if (lacking === undefined && surplus === undefined) return;
  const message =
    lacking === undefined
      ? `${other.name} has a column "${surplus}", which ${first.name} does not have`
      : `${other.name} has no column "${lacking}", which ${first.name} has`;
  const near = lacking === undefined ? [] : nearest(lacking, found ?? []);
  const hint = near.length === 0 ? "" : `; the nearest names are ${listing(near)}`;
  throw new NablaError("data/parts", message, `files of one table have the same columns${hint}`);
}

function joined(parts: readonly WrittenColumn[]): WrittenColumn {
  const [first] = parts;
  const { name, declared } = known(first, "a part");
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const numbers = new Float64Array(rows);
  const texted = parts.some(({ codes }) => codes !== undefined);
  const codes = texted ? new Int32Array(rows) : undefined;
  const codeOf = new Map<string, number>();
  const counts: number[] = [];
  const spellings = new Map<number, string>();
  let at = 0;
  for (const part of parts) {
    numbers.set(part.numbers, at);
    const own = part.texts.map((text, i) => {
      const code = codeOf.get(text) ?? codeOf.size;
      codeOf.set(text, code);
      counts[code] = (counts[code] ?? 0) + (part.counts[i] ?? 0);
      return code;
    });
    for (const [value, text] of part.spellings) {
      if (spellings.size < SPELLINGS && !spellings.has(value)) spellings.set(value, text);
    }
    if (codes !== undefined) {
      for (let row = 0; row < part.rows; row++) {
        const value = part.numbers[row] ?? Number.NaN;
        const code =
          part.codes === undefined ? (Number.isNaN(value) ? EMPTY_CELL : NUMBER_CELL) : (part.codes[row] ?? EMPTY_CELL);
        codes[at + row] = code < 0 ? code : (own[code] ?? EMPTY_CELL);
      }
    }
    at += part.rows;
  }
  const agreed = declared !== undefined && parts.every((part) => part.declared === declared);
  return {
    ...{ name, rows, numbers, texts: [...codeOf.keys()], counts, spellings },
    ...(codes === undefined ? {} : { codes }),
    ...(agreed ? { declared } : {}),
  };
}
