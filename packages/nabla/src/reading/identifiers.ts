/** Columns whose cells tell rows apart rather than kinds of rows: identifiers, and texts. */
import { cellsIn } from "./cell-text.ts";
import type { CountedText } from "./decision.ts";
import { isNamedCounter, isNamedIdentifier } from "./name-hints.ts";
import type { NumberFacts } from "./number-facts.ts";

/** Up to so many different values name kinds, however few rows there are. */
const FEW_VALUES = 20;
/** From this share of different values on, nearly every row has its own. */
const OWN_VALUE = 0.9;
const MOSTLY_OWN = 0.5;
/** A column of names with more different ones than this is one of texts. */
export const MOST_NAMES = 10_000;

/** What texts that are no numbers, dates or truths are. */
export type TextUse = "category" | "identifier" | "text";

/** Whether texts are kinds, identifiers of rows or texts of their own; `distinct` counts them, `present` their cells. */
export function textUse(
  name: string,
  texts: readonly CountedText[],
  { present, distinct }: { readonly present: number; readonly distinct: number },
): TextUse {
  if (distinct <= FEW_VALUES) return "category";
  if (distinct <= MOSTLY_OWN * present && distinct <= MOST_NAMES) return "category";
  const spoken = cellsIn(texts.filter(({ text }) => /\S\s+\S/.test(text)));
  const coded = cellsIn(texts.filter(({ text }) => isCode(text)));
  const own = distinct >= OWN_VALUE * present;
  if (own && (coded >= MOSTLY_OWN * present || (isNamedIdentifier(name) && spoken < MOSTLY_OWN * present)))
    return "identifier";
  if (isNamedIdentifier(name) && distinct > MOSTLY_OWN * present && coded >= MOSTLY_OWN * present) return "identifier";
  return "text";
}

const UUID = /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;

/** Whether a text is a code: one word with digits in it, such as A-1043 or a UUID. */
function isCode(text: string): boolean {
  return UUID.test(text) || (/\d/.test(text) && /^[\p{L}\d._:#/+-]+$/u.test(text));
}

/** Whether plain numbers only count the rows: each whole number from 0 or 1 on once, in a column that is called so. */
export function countsRows(
  name: string,
  { count, whole, minimum, maximum, increasing }: NumberFacts,
  rows: number,
): boolean {
  const counted =
    whole && increasing && count === rows && maximum - minimum + 1 === rows && (minimum === 0 || minimum === 1);
  return counted && rows > FEW_VALUES && (isNamedCounter(name) || isNamedIdentifier(name));
}

/** Whether whole numbers tell rows apart: nearly all different, in a column that is called as identifiers are. */
export function areIdentifiers(name: string, facts: NumberFacts, distinct: number): boolean {
  const named = isNamedIdentifier(name) || /^(id|idx|index)$/i.test(name.trim());
  return named && facts.whole && facts.count > FEW_VALUES && facts.minimum >= 0 && distinct >= OWN_VALUE * facts.count;
}
