/** Cells as people read them. */
import type { RunCell } from "@nabla/workbench";
import { duration, moment, number, percent, percentTick } from "@nabla/workbench/text";

/** A cell of the table by the name of its column; `shares` are measures that are told in percent beside errors. */
export function cellText(name: string, cell: RunCell | undefined, shares: readonly string[] = []): string {
  if (cell === undefined || cell === null) return "";
  if (name === "created" || name === "updated") return moment(String(cell));
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  if (typeof cell === "string") return cell;
  if (name.endsWith(".error") || shares.includes(name.replace(/^train\./, "dev."))) return percent(cell);
  if (name === "seconds") return duration(cell);
  return countText(cell);
}

/** A number, of whole ones every digit. */
export function countText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e12 ? value.toLocaleString("en-US") : number(value);
}

/** Mean and standard deviation. */
export function spreadText(
  name: string,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
  shares: readonly string[],
): string {
  return `${cellText(name, mean, shares)} ± ${cellText(name, deviation, shares)}`;
}

/** A size of a file. */
export function bytesText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${number(bytes / 1000 ** power)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}

/** An error of a study, and the same along an axis. */
export function errorText(isShare: boolean): {
  readonly value: (error: number) => string;
  readonly tick: (error: number) => string;
} {
  return isShare ? { value: percent, tick: percentTick } : { value: number, tick: number };
}
