import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Column, NablaError } from "nabla";
import type { ReadTable } from "nabla/tables";
import { readTable } from "../../../src/sources/read-table.ts";
import { daysOf } from "./dress.ts";
import { writeParquet } from "./parquet.ts";
import type { Meant, SaidOptions, Situation, WantedColumn } from "./situation.ts";

/** Writes the files of a situation under a folder, reads them, and lists what is not as it must be. */
export async function complaintsOf(situation: Situation, folder: string): Promise<readonly string[]> {
  const parquet = situation.parquet ?? {};
  const read = situation.read ?? Object.keys({ ...situation.files, ...parquet })[0] ?? "";
  for (const [name, content] of Object.entries(situation.files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  for (const [name, select] of Object.entries(parquet)) await writeParquet(join(folder, name), select);
  const path = typeof read === "string" ? join(folder, read) : read.map((name) => join(folder, name));
  try {
    const table = await readWith(path, situation.options ?? {});
    return complaintsOfTable(table, situation.want);
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    return complaintsOfError(error, situation.want);
  }
}

/** `readTable` with the options of a situation: the one place where its words become those of the code. */
export function readWith(path: string | readonly string[], options: SaidOptions): Promise<ReadTable> {
  return readTable(typeof path === "string" ? path : path.join(","), options);
}

function complaintsOfError(error: NablaError, want: Situation["want"]): readonly string[] {
  const text = `${error.message}\n${error.hint ?? ""}`;
  const unsaid = [...(want.says ?? []), ...(want.error?.message ?? [])].filter((part) => !part.test(text));
  const complaints = unsaid.map((part) => `the refusal does not say ${part}: ${error.code}: ${text}`);
  if (want.error === undefined && want.says === undefined) return [`refused: ${error.code}: ${text}`];
  if (want.error?.code !== undefined && !want.error.code.test(error.code))
    complaints.push(`refused with ${error.code}, not ${want.error.code}: ${text}`);
  return complaints;
}

function complaintsOfTable(table: ReadTable, want: Situation["want"]): readonly string[] {
  const { profile } = table;
  const notices = profile.notices.map(({ message }) => message);
  const found: string[] = [];
  const shown = notices.length === 0 ? "no notices" : `the notices are\n    ${notices.join("\n    ")}`;
  if (want.error !== undefined) {
    found.push(`read, and not refused with ${want.error.message.join(" ")}; ${shown}`);
    return found;
  }
  for (const part of [...(want.notices ?? []), ...(want.says ?? [])])
    if (!notices.some((notice) => part.test(notice))) found.push(`no notice says ${part}; ${shown}`);
  for (const part of want.quiet ?? [])
    for (const notice of notices.filter((text) => part.test(text))) found.push(`said without need: ${notice}`);
  if (want.rows !== undefined && table.rows !== want.rows) found.push(`${table.rows} rows, not ${want.rows}`);
  if (want.task !== undefined && profile.task?.task !== want.task)
    found.push(`the task is ${profile.task?.task}, not ${want.task}`);
  if (want.classes !== undefined) {
    const classes = table.target?.kind === "category" ? table.target.levels : [];
    if (!sameSet(classes, want.classes)) found.push(`classes ${list(classes)}, not ${list(want.classes)}`);
  }
  for (const [name, wanted] of Object.entries(want.columns ?? {}))
    found.push(...complaintsOfColumn(table, name, wanted).map((complaint) => `column ${name}: ${complaint}`));
  return found;
}

function complaintsOfColumn(table: ReadTable, name: string, wanted: WantedColumn): readonly string[] {
  const column = [...table.columns, ...(table.target === undefined ? [] : [table.target]), ...(table.keys ?? [])].find(
    (one) => one.name === name,
  );
  const about = table.profile.columns.find((one) => one.name === name);
  const names = table.profile.columns.map((one) => `${one.name}: ${one.use}`).join(", ");
  if (about === undefined) return [`it is not in the profile (${names})`];
  const found: string[] = [];
  const as = readAsOf(about, column);
  if (wanted.as !== undefined && as !== wanted.as) found.push(`read as ${as}, not as ${wanted.as}`);
  if (wanted.notAs !== undefined && as === wanted.notAs) found.push(`read as ${as}`);
  if (wanted.use !== undefined && about.use !== wanted.use) found.push(`it is ${about.use}, not ${wanted.use}`);
  if (wanted.missing !== undefined && about.missing !== wanted.missing)
    found.push(`${about.missing} cells are missing, not ${wanted.missing}`);
  if (wanted.unit !== undefined) {
    const unit = column?.reading?.as === "number" ? column.reading.unit : undefined;
    if (unit !== wanted.unit) found.push(`its unit is ${unit}, not ${wanted.unit}`);
  }
  for (const end of ["minimum", "maximum"] as const)
    if (wanted[end] !== undefined) {
      const value = about[end];
      const meant = asNumber(wanted[end], as);
      if (value === undefined || Math.abs(value - meant) > 1e-9 * Math.max(1, Math.abs(meant)))
        found.push(`its ${end} is ${value}, not ${meant}`);
    }
  if (wanted.levels !== undefined) {
    const levels = column?.kind === "category" ? column.levels : [];
    if (!sameSet(levels, wanted.levels)) found.push(`levels ${list(levels)}, not ${list(wanted.levels)}`);
  }
  if (wanted.values !== undefined)
    if (column === undefined) found.push(`it is not in the table (${about.use}; the columns are ${names})`);
    else found.push(...complaintsOfValues(column, as, wanted));
  return found;
}

/** What the profile says, or the column's own reading where it has one. */
function readAsOf(about: object, column: Column | undefined): string {
  if (column?.reading !== undefined) return column.reading.as;
  return "as" in about && typeof about.as === "string" ? about.as : "nothing";
}

const MOST_NAMED = 3;
/** A ten-thousandth of a second, in days: fractions of days have no exact decimals. */
const INSTANT = 1e-9;

function complaintsOfValues(column: Column, as: string, { values = [], within = 0 }: WantedColumn): readonly string[] {
  const cells: readonly (number | string | null)[] =
    column.kind === "category"
      ? Array.from(column.codes, (code) => column.levels[code] ?? null)
      : Array.from(column.values.data, (value) => (Number.isNaN(value) ? null : value));
  if (cells.length !== values.length) return [`${cells.length} values, not ${values.length}`];
  const wrong = values.flatMap((meant, row) => {
    const cell = cells[row] ?? null;
    return isMeant(cell, meant, { as, within }) ? [] : [`row ${row + 2} is ${show(cell)}, not ${show(meant)}`];
  });
  const more = wrong.length > MOST_NAMED ? [`and ${wrong.length - MOST_NAMED} rows more`] : [];
  return [...wrong.slice(0, MOST_NAMED), ...more];
}

function isMeant(
  cell: number | string | null,
  meant: Meant,
  { as, within }: { readonly as: string; readonly within: number },
): boolean {
  if (meant === null || cell === null) return meant === cell;
  if (typeof meant === "boolean") return truthOf(cell) === meant;
  if (typeof cell === "string") return cell === String(meant);
  const value = asNumber(meant, as);
  if (as === "date" || as === "time") return Math.abs(cell - value) <= INSTANT;
  return cell === value || Math.abs(cell - value) <= within * Math.abs(value);
}

function asNumber(meant: number | string, as: string): number {
  if (typeof meant === "number") return meant;
  if (as === "date") return daysOf(meant);
  const [hours = 0, minutes = 0, seconds = 0] = meant.split(":").map(Number);
  return (hours * 3600 + minutes * 60 + seconds) / 86_400;
}

const yes = new Set(["true", "yes", "y", "t", "1", "1.0", "ja", "oui"]);
const no = new Set(["false", "no", "n", "f", "0", "0.0", "nein", "non"]);

/** Whether a cell means yes; undefined for one that means neither. */
function truthOf(cell: number | string | null): boolean | undefined {
  const word = String(cell).toLowerCase();
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.toSorted().every((item, i) => item === b.toSorted()[i]);
}

const list = (items: readonly string[]): string => `[${items.slice(0, 12).map(show).join(" ")}]`;
const show = (value: Meant): string => (typeof value === "string" ? `"${value}"` : String(value));
