/** What preparing decided that the user should know and may decide otherwise. */
import { count, grouped, MOST_LEVELS, type Notice, type Preparation } from "nabla";

/** More inputs of one category than this are said. */
const MANY_INPUTS = 64;

/** Columns that are named one by one. */
const NAMED = 5;

/** Notices on categories with many inputs, and on the scale of a number to predict. */
export function preparationNotices(preparation: Preparation): readonly Notice[] {
  return [...categoryNotices(preparation), ...scaleNotices(preparation)];
}

function categoryNotices({ columns }: Preparation): readonly Notice[] {
  const messages = columns.flatMap((column) => {
    if (column.kind !== "category" || column.levels.length <= MANY_INPUTS) return [];
    const { name, levels, slots } = column;
    const known = `${name} has ${grouped(levels.length)} levels`;
    if (slots === undefined)
      return [`${known} and an input for each; with --levels ${MANY_INPUTS} its rare levels share some`];
    const own = new Set(slots).size;
    const higher = 2 * Math.max(MOST_LEVELS, own);
    return [
      `${known} and ${grouped(own)} inputs: frequent levels have their own, rare ones share some (--levels ${higher} for more)`,
    ];
  });
  const rest = messages.length - NAMED;
  const shown = rest > 1 ? [...messages.slice(0, NAMED), `${count(rest, "more column")} of many levels`] : messages;
  return shown.map((message) => ({ code: "data/many-inputs", message }));
}

function scaleNotices({ target }: Preparation): readonly Notice[] {
  if (target.kind !== "number" || target.scale === undefined) return [];
  const { name } = target;
  const message = `${name} is learned as log(1 + ${name}): 1 - R² of epochs and of the verdict is that of the logarithm, all else is in ${name}'s own unit`;
  return [{ code: "data/log-scale", message }];
}
