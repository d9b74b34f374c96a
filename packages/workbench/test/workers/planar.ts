/** Points in a plane in two classes that no line divides, and a small network for them. */
import { type Examples, fork, ndarray, normal, seedKey } from "nabla";
import type { ResolvedExperiment } from "../../src/experiment/fields.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import type { TrialData } from "../../src/workers/shared-data.ts";

function part(name: string, rows: number): Examples {
  const draws = normal(fork(seedKey(5), name), rows * 2);
  const codes = Int32Array.from({ length: rows }, (_, row) =>
    Number((draws[2 * row] ?? 0) * (draws[2 * row + 1] ?? 0) > 0),
  );
  return {
    rows,
    inputs: ndarray(Float32Array.from(draws), [rows, 2]),
    targets: ndarray(codes, [rows]),
    classes: ["apart", "alike"],
  };
}

/** 240 rows to learn from, 80 to measure on. */
export const planar: TrialData = { train: part("train", 240), dev: part("dev", 80) };

/** A training of 12 epochs. */
export function planarTrial(seed: number, { rate = 0.01, epochs = 12, batch = 30 } = {}): ResolvedExperiment {
  return resolveExperiment(
    { data: "planar.csv", target: "class", hidden: [8], rate, batch, epochs, patience: epochs, seed },
    {
      task: "classification",
      split: { train: 0.75, dev: 0.25, test: 0 },
      rows: 240,
      outputs: 2,
      shape: [2],
      numbers: [0, 1],
      texts: [],
    },
  );
}
