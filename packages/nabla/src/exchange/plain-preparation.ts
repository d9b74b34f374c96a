/** How plain numbers become the inputs of a network from elsewhere, which comes without names for them. */
import { type Size, showShape } from "../array/shape.ts";
import { NablaError } from "../base/error.ts";
import type { ColumnPreparation, Preparation, TargetPreparation } from "../data/preparation.ts";
import type { Loss } from "../nn/loss.ts";

/** x * scale + offset, one number for all or one for each column. */
export interface Affine {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Options of `plainPreparation`. */
export interface PlainPreparationOptions {
  /** The shape of one example. */
  readonly shape: Size;
  /** Numbers in one prediction. */
  readonly outputs: number;
  readonly loss: Loss;
  /** What the file does to inputs before the network; nothing by default. */
  readonly before?: Affine | undefined;
  /** The same for outputs; nothing by default. */
  readonly after?: Affine | undefined;
  /** Names of the classes; by default their numbers. */
  readonly classes?: readonly string[] | undefined;
}

/** Whether a preparation takes numbers as they are and gives answers as they are. */
export function isNeutral({ columns, target }: Preparation): boolean {
  const asItIs = columns.every(
    (column) => (column.kind === "number" || column.kind === "block") && column.center === 0 && column.spread === 1,
  );
  return asItIs && (target.kind !== "number" || (target.mean === 0 && target.deviation === 1));
}

const MOST_COLUMNS = 100_000;
const MOST_CLASSES = 1_000_000;

/** Default names of table columns and predictions where none are known. */
const columnName = (i: number): string => `x${i + 1}`;

/**
 * A preparation that takes numbers as they are: columns `x1`, `x2`, … for examples [n], one column `image` for examples
 * [height, width, channels]. Classes are called by their number. Throws `exchange/shape`.
 */
export function plainPreparation({
  shape,
  outputs,
  loss,
  before,
  after,
  classes,
}: PlainPreparationOptions): Preparation {
  const [scale, offset] = [before?.scale ?? [1], before?.offset ?? [0]];
  const at = (i: number): { center: number; spread: number } => {
    const [times = 1, plus = 0] = [scale[i] ?? scale[0], offset[i] ?? offset[0]];
    // (x - center) / spread is x * times + plus
    return { center: plus === 0 ? 0 : -plus / times, spread: 1 / times };
  };
  if (scale.some((times) => !(times > 0)))
    throw new NablaError("exchange/shape", "inputs are scaled by a number that is not above 0");
  if (Math.max(scale.length, offset.length) > (shape.length === 1 ? (shape[0] ?? 1) : 1))
    throw new NablaError("exchange/shape", `inputs ${showShape(shape)} are scaled by ${scale.length} numbers`);
  return {
    kind: "preparation",
    task: loss.task,
    columns: shape.length === 1 ? columnsOf(shape[0] ?? 1, at) : [{ kind: "block", name: "image", shape, ...at(0) }],
    target: targetOf(loss, { outputs, after, classes }),
  };
}

function columnsOf(count: number, at: (i: number) => { center: number; spread: number }): readonly ColumnPreparation[] {
  if (count > MOST_COLUMNS)
    throw new NablaError(
      "exchange/shape",
      `the network takes ${count} numbers, more than the ${MOST_COLUMNS} columns a table may have`,
    );
  return Array.from({ length: count }, (_, i) => ({ kind: "number", name: columnName(i), ...at(i), indicator: false }));
}

function targetOf(
  loss: Loss,
  { outputs, after, classes }: Pick<PlainPreparationOptions, "outputs" | "after" | "classes">,
): TargetPreparation {
  if (loss.task === "regression")
    return { kind: "number", name: "answer", mean: after?.offset[0] ?? 0, deviation: after?.scale[0] ?? 1 };
  const count = outputs === 1 ? 2 : outputs;
  if (count > MOST_CLASSES) throw new NablaError("exchange/shape", `the network has ${count} classes`);
  const named = classes?.length === count ? classes : Array.from({ length: count }, (_, i) => String(i));
  return { kind: "classes", name: "answer", classes: named };
}
