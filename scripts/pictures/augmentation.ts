/** Digits and what augmentation makes of them. */
import { readFileSync } from "node:fs";
import {
  type Augmentation,
  augmenterFor,
  batches,
  cutout,
  elasticDistortion,
  fork,
  ndarray,
  noise,
  rotate,
  scale,
  seedKey,
  shift,
} from "nabla";
import { drawTiles } from "./tiles.ts";

const changes: readonly (readonly [string, readonly Augmentation[]])[] = [
  ["as it is", []],
  ["rotate", [rotate({ degrees: 25 })]],
  ["shift", [shift({ by: 0.2 })]],
  ["scale", [scale({ by: 1.4 })]],
  ["elastic", [elasticDistortion({ alpha: 4, sigma: 1.5 })]],
  ["noise", [noise({ deviation: 0.15 })]],
  ["cutout", [cutout({ size: 0.35 })]],
];

/** The first rows of the digits, 8 by 8 pixels from 0 to 1. */
function digits(rows: number): Float32Array {
  const text = readFileSync(new URL("../../examples/data/digits.csv", import.meta.url), "utf8");
  const lines = text.split("\n").slice(1, rows + 1);
  return Float32Array.from(
    lines.flatMap((line) =>
      line
        .split(",")
        .slice(0, 64)
        .map((pixel) => Number(pixel) / 16),
    ),
  );
}

export async function augmentedDigits(): Promise<string> {
  const rows = 4;
  const examples = {
    rows,
    inputs: ndarray(digits(rows), [rows, 8, 8]),
    targets: ndarray(new Int32Array(rows), [rows]),
  };
  const columns = changes.map(([title, list]) => {
    const augment = augmenterFor(list, { shape: [8, 8], key: fork(seedKey(3), title) });
    const [batch] = batches(examples, { size: rows, shuffle: false, augment });
    const data = Array.from(batch?.inputs.data ?? []);
    return { title, tiles: Array.from({ length: rows }, (_, row) => data.slice(row * 64, row * 64 + 64)) };
  });
  return drawTiles("Digits and what augmentation makes of them", columns, 8);
}
