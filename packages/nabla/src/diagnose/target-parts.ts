/** What a table asks, question by question. */
import { labelsIn, labelsOf, separatorOf } from "../data/joint-targets.ts";
import { type Column, categoryColumn, type Table, targetsOf } from "../data/table.ts";

/** The targets of a table, one by one: of a column of labels, for each label whether a row has it. */
export function targetParts(table: Pick<Table, "target" | "otherTargets">): readonly Column[] {
  return targetsOf(table).flatMap((target): readonly Column[] => {
    const separator = separatorOf(target);
    if (target.kind === "number" || separator === undefined) return [target];
    const has = target.levels.map((level) => new Set(labelsIn(level, separator)));
    return labelsOf(target, separator).map((label) =>
      categoryColumn(
        `${target.name} ${label}`,
        Array.from(target.codes, (code) => (has[code]?.has(label) === true ? "yes" : "no")),
        ["no", "yes"],
      ),
    );
  });
}
