/** A run on pictures explained: the patch that makes the class is found, in the mean and in single pictures. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, known, seedKey, uniform } from "nabla";
import { afterAll, expect, test } from "vitest";
import { explainRun } from "../../src/runs/explain-run.ts";
import { trainFile } from "../../src/runs/train-file.ts";
import { openStore } from "../../src/store/open.ts";
import { explanationDocument, explanationText } from "../../src/terminal/explanation.ts";
import { writePictures } from "../sources/digit-images.ts";

const home = await mkdtemp(join(tmpdir(), "nabla-explain-pictures-"));
afterAll(async () => await rm(home, { recursive: true, force: true }));

/** Noise of 8 × 8 pixels; those of class 1 are bright in a square of 2 × 2 at row 4, column 6, the others dark. */
const noise = uniform(seedKey(11), 160 * 64);
const pictures = Array.from({ length: 160 }, (_, row) => {
  const digit = String(row % 2);
  const pixels = Uint8Array.from({ length: 64 }, (_pixel, i) => {
    const [y, x] = [Math.floor(i / 8), i % 8];
    const planted = (y === 4 || y === 5) && x >= 6;
    return planted ? (digit === "1" ? 220 : 30) : 255 * (noise[row * 64 + i] ?? 0);
  });
  return { pixels, digit };
});

test("covering the square that makes the class takes the answer, and covering other places does not", async () => {
  const data = await writePictures(join(home, "pictures"), pictures);
  await using store = await openStore(join(home, "runs.db"));
  const small = { hidden: [8], epochs: 15, rate: 0.01, members: 1, refit: "none", augment: [] } as const;
  const { run } = await drain(
    trainFile({ data, target: "class", image: [8, 8, 1], ...small }, { store, folder: home }),
  );
  const found = await explainRun(run, { store, data, rows: 2 });
  const { rows, mean, files } = known(found.pictures, "pictures");
  expect([rows, mean.side, mean.drops.length]).toEqual([found.rows, 1, 8]);
  const places = mean.drops.flatMap((line, y) => line.map((drop, x) => ({ drop, place: `${y},${x}` })));
  const highest = places.toSorted((a, b) => b.drop - a.drop).slice(0, 4);
  expect(highest.map(({ place }) => place).toSorted()).toEqual(["4,6", "4,7", "5,6", "5,7"]);
  expect(files.map(({ place, prediction }) => [place, prediction])).toEqual([
    ["0/0000.png", "0"],
    ["0/0002.png", "0"],
  ]);
  const text = explanationText(found);
  expect(text).toMatch(/^pixel +0 +1[\s\S]*\nMeasured +on \d+ dev pictures[\s\S]*\n0\/0000\.png: 0, \d/);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expect(explanationDocument(found)).toMatchObject({ run, on: "dev", outputs: ["0", "1"], pictures: { rows } });
  expect((await explainRun(run, { store })).pictures?.files).toEqual([]);
});
