/** Pictures explained to functions whose truth is known. */
import { expect, test } from "vitest";
import { type NdArray, ndarray, rows } from "../../../src/array/ndarray.ts";
import { seedKey, uniform } from "../../../src/base/random.ts";
import { explainPicture, meanPicture } from "../../../src/diagnose/explain/explain-picture.ts";

function drawn(shape: readonly number[], seed: number): NdArray {
  return ndarray(
    uniform(
      seedKey(seed),
      shape.reduce((product, extent) => product * extent, 1),
    ),
    shape,
  );
}

/** Answers two classes: the one by some elements of a picture, the other by nothing. */
const answering =
  (weightOf: (y: number, x: number, channel: number) => number) =>
  async ({ data, shape }: NdArray): Promise<NdArray> => {
    const [count = 0, height = 0, width = 0, channels = 0] = shape;
    const size = height * width * channels;
    const answers = Array.from({ length: count }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < size; i++) {
        const pixel = Math.floor(i / channels);
        sum += weightOf(Math.floor(pixel / width), pixel % width, i % channels) * (data[row * size + i] ?? 0);
      }
      return [-1000, sum];
    });
    return ndarray(answers.flat(), [count, 2]);
  };

test("only the patch that the network looks at is worth anything: what it holds beyond other pictures", async () => {
  const pictures = drawn([20, 8, 12, 2], 3);
  const cover = meanPicture(pictures);
  const picture = rows(pictures, 4, 5);
  const looks = (y: number, x: number, channel: number): number =>
    Number(y >= 4 && y < 6 && x >= 6 && x < 8 && channel === 1);
  const answer = answering(looks);
  const { output, value, side, drops } = await explainPicture(answer, { picture, cover }, { patches: 6 });
  expect([output, side, drops.length, drops[0]?.length]).toEqual([1, 2, 4, 6]);
  const [own, others] = [(await answer(picture)).data[1] ?? 0, (await answer(cover)).data[1] ?? 0];
  expect(value).toBe(own);
  expect(Math.abs(own - others)).toBeGreaterThan(0.01);
  for (const [y, line] of drops.entries())
    for (const [x, drop] of line.entries()) expect(drop).toBeCloseTo(y === 2 && x === 3 ? own - others : 0, 5);
});

test("patches that do not fit evenly cover every pixel once, and a picture smaller than their number has one a pixel", async () => {
  const pictures = drawn([6, 5, 7, 3], 9);
  const cover = meanPicture(pictures);
  const picture = rows(pictures, 1, 2);
  const answer = answering((y, x, channel) => 1 + y + x * channel);
  const [own, others] = [(await answer(picture)).data[1] ?? 0, (await answer(cover)).data[1] ?? 0];
  for (const [patches, side, down, across] of [
    [3, 3, 2, 3],
    [8, 1, 5, 7],
    [1, 7, 1, 1],
  ] as const) {
    const found = await explainPicture(answer, { picture, cover }, { patches });
    expect([found.side, found.drops.length, found.drops[0]?.length]).toEqual([side, down, across]);
    const total = found.drops.flat().reduce((sum, drop) => sum + drop, 0);
    expect(total).toBeCloseTo(own - others, 3);
  }
});
