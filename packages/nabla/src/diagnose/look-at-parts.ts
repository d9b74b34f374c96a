/** Data checks before any network is trained: features that leak the target, and drift between parts. */
import { ndarray } from "../array/ndarray.ts";
import type { Examples } from "../data/examples.ts";
import { categoryColumn, numberColumn, type Table, table } from "../data/table.ts";
import { drift } from "./drift.ts";
import type { DataFinding } from "./evidence-facts.ts";
import { leakage } from "./leakage.ts";

/** Leakage and drift between two parts of examples with flat inputs; nothing for images. */
export async function lookAtParts(train: Examples, dev: Examples): Promise<readonly DataFinding[]> {
  const [, width = 0] = train.inputs.shape;
  if (train.inputs.shape.length !== 2 || width === 0 || (train.targets.shape[1] ?? 1) > 1) return [];
  const shown = tableOf(train);
  const { leaks } = leakage(shown);
  const leaking: readonly DataFinding[] =
    leaks.length === 0 || leaks.length === width
      ? []
      : [
          {
            code: "data/leakage",
            because: leaks.map(({ because }) => because).join("; "),
            without: leaks.map(({ name }) => Number(name)),
          },
        ];
  const moved = await drift(shown, tableOf(dev), { names: ["train", "dev"] });
  return [...leaking, ...(moved.drifted ? [{ code: "data/drift", because: moved.summary } as const] : [])];
}

function tableOf({ inputs, targets, rows }: Examples): Table {
  const [, width = 0] = inputs.shape;
  const columns = Array.from({ length: width }, (_, i) => {
    const values = Float32Array.from({ length: rows }, (_value, row) => inputs.data[row * width + i] ?? 0);
    return numberColumn(String(i), values);
  });
  const target =
    targets.dtype === "int32"
      ? categoryColumn("target", Array.from(targets.data, String))
      : numberColumn("target", ndarray(Float32Array.from(targets.data), [rows]));
  return table(columns, target);
}
