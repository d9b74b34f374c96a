/** Values of columns in their own terms. */
import { number } from "./format.ts";

const MILLISECONDS_A_DAY = 86_400_000;

/** A value of a column as people write it: `12.5 kg`, `2024-05-31`, `14:05`. */
export function valueText(
  { as, unit }: { readonly as?: string | undefined; readonly unit?: string | undefined },
  value: number,
): string {
  if (as === "date") return dateText(value);
  if (as === "time") return new Date(value * MILLISECONDS_A_DAY).toISOString().slice(11, 16);
  return `${number(value)}${unit === undefined ? "" : ` ${unit}`}`;
}

function dateText(days: number): string {
  const date = new Date(days * MILLISECONDS_A_DAY);
  return Number.isNaN(date.getTime()) ? number(days) : date.toISOString().slice(0, 10);
}
