/** Which type raw values come in as: what float32 cannot hold apart comes in as float64. */
import { NARROWING } from "../../data/column-preparation.ts";
import type { ColumnPreparation, NumberTarget, Preparation } from "../../data/preparation.ts";
import { DATA_TYPES } from "./tensor-proto.ts";

/** The columns that give inputs. */
export type VaryingPreparation = Exclude<ColumnPreparation, { readonly kind: "constant" }>;

/** The columns that go into the network, in their order; constant ones are not inputs. */
export function inputColumns({ columns }: Pick<Preparation, "columns">): readonly VaryingPreparation[] {
  return columns.filter((column) => column.kind !== "constant");
}

/** Rounding to float32 moves a value like `center` by more than is noticed beside `spread`. */
function loses(center: number, spread: number): boolean {
  return Math.abs(center) * 2 ** -24 > NARROWING * spread;
}

/** The element type of a column's input. */
export function inputType(column: VaryingPreparation): number {
  if (column.kind === "category") return DATA_TYPES.string;
  if (column.kind === "date") return DATA_TYPES.double;
  if (column.kind === "time" || column.kind === "text") return DATA_TYPES.float;
  // models of earlier versions do not say whether training noticed; below 2^24 whole numbers are float32
  const large = Math.abs(column.center) >= 2 ** 24 && column.spread > 0 && loses(column.center, column.spread);
  return column.wide === true || large ? DATA_TYPES.double : DATA_TYPES.float;
}

/** The columns whose ONNX inputs are float64, and with any of them a whole matrix is. */
export function wideInputs(preparation: Preparation): readonly string[] {
  return inputColumns(preparation).flatMap((column) => (inputType(column) === DATA_TYPES.double ? [column.name] : []));
}

/** Whether predictions in the target's unit need float64. */
export function isWideTarget({ mean, deviation, scale }: NumberTarget): boolean {
  return scale === undefined && loses(mean, deviation);
}
