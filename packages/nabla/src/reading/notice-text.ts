/** Phrases that several notices share. */

import type { Notice } from "../base/notice.ts";
import { count, listing } from "../base/text.ts";
import type { CountedText } from "./decision.ts";
import { shellWord } from "./name-hints.ts";

const MOST_NAMED = 5;

/** Texts with how often they occur: "NA" (3 rows) and "-" (1 row). */
export function namedCells(texts: readonly CountedText[], noun: string): string {
  const shown = texts.slice(0, MOST_NAMED).map(({ text, count: cells }) => `"${text}" (${count(cells, noun)})`);
  const more = texts.length - shown.length;
  return listing(more > 0 ? [...shown, `${more.toLocaleString("en-US")} more`] : shown);
}

/** Classes with fewer rows than this can neither be learned nor measured. */
const RARE = 5;

/** The notice of classes with a handful of rows. */
export function rareClasses(name: string, classes: readonly CountedText[]): readonly Notice[] {
  const rare = classes.filter(({ count: cells }) => cells <= RARE);
  if (rare.length === 0 || rare.length === classes.length) return [];
  const message = `column ${name}: ${rare.length === 1 ? "class" : "classes"} ${namedCells(rare, "row")}, too few to be learned or measured well; to leave the rows of a class out --missing ${shellWord(rare[0]?.text ?? "")}`;
  return [{ code: "data/rare-classes", message }];
}
