/** What a value looks like, as far as telling a header from the rows below it needs. */
export type CellKind = "number" | "date" | "truth" | "empty" | "text";

const NUMBER = /^[-+−(]?\s*[$€£¥]?\s*(?:\d[\d.,'’\u00a0\u202f ]*|[.,]\d+)(?:e[-+]?\d+)?\s*[%)€$£]?$/i;
const DATE =
  /^(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4}-\d{2}|\d{1,2}:\d{2}(?::\d{2})?)(?:[T ][\d:.,]+(?:Z|[-+]\d{2}:?\d{2})?)?$/;
const TRUTH = /^(?:true|false|yes|no)$/i;
const EMPTY = /^(?:|na|n\/a|#n\/a|nan|null|none|nil|[-?.]|--|[-+]?inf(?:inity)?|missing|unknown)$/i;

/** What a trimmed value looks like. */
export function cellKind(value: string): CellKind {
  if (EMPTY.test(value)) return "empty";
  if (DATE.test(value)) return "date";
  if (NUMBER.test(value)) return "number";
  return TRUTH.test(value) ? "truth" : "text";
}
