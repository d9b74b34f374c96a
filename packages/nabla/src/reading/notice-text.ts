/** Phrases that several notices share. */

import type { Notice } from "../base/notice.ts";
import { count, grouped, listing } from "../base/text.ts";
import type { CountedText } from "./decision.ts";
import { shellWord } from "./name-hints.ts";

const MOST_NAMED = 5;

/** Texts with how often they occur: "NA" (3 rows) and "-" (1 row). */
export function namedCells(texts: readonly CountedText[], noun: string): string {
  const shown = texts.slice(0, MOST_NAMED).map(({ text, count: cells }) => `"${text}" (${count(cells, noun)})`);
  const more = texts.length - shown.length;
  return listing(more > 0 ? [...shown, `${grouped(more)} more`] : shown);
}

/** Classes with fewer rows than this can neither be learned nor measured. */
const RARE = 5;

/** Leaving out the rows of a class is advised where at least so many classes are left. */
const FEWEST_LEFT = 3;

/** The notice of classes with a handful of rows. Those of a scale belong to it, so that none is to be left out. */
export function rareClasses(
  name: string,
  classes: readonly CountedText[],
  { scale = false }: { readonly scale?: boolean } = {},
): readonly Notice[] {
  const rare = classes.filter(({ count: cells }) => cells <= RARE);
  if (rare.length === 0 || rare.length === classes.length) return [];
  const message = `column ${name}: ${rare.length === 1 ? "class" : "classes"} ${namedCells(rare, "row")}, too few to be learned or measured well${scale || classes.length - 1 < FEWEST_LEFT ? "" : `; to leave out the rows of a class, --missing ${shellWord(rare[0]?.text ?? "")}`}`;
  return [{ code: "data/rare-classes", message }];
}

/**
 * The notice of levels that a model has never seen: "3 cells of column colour hold levels the model has never seen: teal (2)
 * and mauve (1)". `rows` are those of the column, so that a column with nothing else is told from one with a few.
 */
export function unseenLevels(name: string, unseen: readonly CountedText[], rows: number): Notice | undefined {
  const cells = unseen.reduce((sum, { count: times }) => sum + times, 0);
  if (cells === 0) return undefined;
  const shown = unseen.slice(0, MOST_NAMED).map(({ text, count: times }) => `${text} (${grouped(times)})`);
  const more = unseen.length - shown.length;
  const levels = listing(more > 0 ? [...shown, `${grouped(more)} more`] : shown);
  const which = cells === rows ? `all ${count(cells, "cell")}` : count(cells, "cell");
  const message = `${which} of column ${name} ${cells === 1 ? "holds a level" : "hold levels"} the model has never seen: ${levels}`;
  return { code: "data/unseen-levels", message };
}
