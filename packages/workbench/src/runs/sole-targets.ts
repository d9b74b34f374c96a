/** Rows of several targets as rows of one of them. */
import { known, type RowResults, type SoleModel, type Table, targetsOf, withTargets } from "nabla";

/** A table of which one target is left. */
export function withTarget(table: Table, name: string): Table {
  return withTargets(
    table,
    targetsOf(table).filter((column) => column.name === name),
  );
}

/** What a network did with each row, of one of its targets; a prediction is [rows, outputs of the target]. */
export function soleRows(all: RowResults, { name, trained, examples }: SoleModel, whole: LossHeads): RowResults {
  const head = known(
    whole.find((one) => one.name === name),
    name,
  );
  const rows = all.mistakes.length;
  const width = all.answers.length / Math.max(1, rows);
  const own = head.to - head.from;
  const answers = Float64Array.from(
    { length: rows * own },
    (_, i) => all.answers[Math.floor(i / own) * width + head.from + (i % own)] ?? 0,
  );
  const { targets } = examples({ rows, targets: all.targets, inputs: all.targets });
  return { ...all, task: trained.loss.task, targets, answers };
}

type LossHeads = readonly { readonly name: string; readonly from: number; readonly to: number }[];
