/** The columns of several files, one below the other. */
import { known, listing, NablaError, nearest } from "nabla";
import { joinWritten, type WrittenColumn } from "nabla/reading";

/** Columns of a file, with its name for messages. */
export interface NamedColumns {
  readonly name: string;
  readonly columns: readonly WrittenColumn[];
}

/**
 * The columns of the first file with the rows of all. Columns may stand in any order; throws `data/parts` where a file has
 * others.
 */
export function joinParts(files: readonly NamedColumns[]): readonly WrittenColumn[] {
  const [first, ...others] = files;
  if (first === undefined || others.length === 0) return first?.columns ?? [];
  for (const other of others) checkNames(first, other);
  const byName = files.map(({ columns }) => new Map(columns.map((column) => [column.name, column])));
  return first.columns.map(({ name }) => joinWritten(byName.map((columns) => known(columns.get(name), name))));
}

function checkNames(first: NamedColumns, other: NamedColumns): void {
  const wanted = first.columns.map(({ name }) => name);
  const found = other.columns.map(({ name }) => name);
  const [own, its] = [new Set(wanted), new Set(found)];
  const lacking = wanted.find((name) => !its.has(name));
  const surplus = found.find((name) => !own.has(name));
  if (lacking === undefined && surplus === undefined) return;
  const message =
    lacking === undefined
      ? `${other.name} has a column "${surplus}", which ${first.name} does not have`
      : `${other.name} has no column "${lacking}", which ${first.name} has`;
  const near = lacking === undefined ? [] : nearest(lacking, found);
  const hint = near.length === 0 ? "" : `; the nearest names are ${listing(near)}`;
  throw new NablaError("data/parts", message, `files of one table have the same columns${hint}`);
}
