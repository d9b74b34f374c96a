import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ndarray } from "../../../src/array/ndarray.ts";
import { describe as described } from "../../../src/base/described.ts";
import { fork, seedKey } from "../../../src/base/random.ts";
import { identityMap, scaleMap, shiftBy, turn } from "../../../src/data/augment/affine-map.ts";
import { type Augmentation, imageSize } from "../../../src/data/augment/augmentation.ts";
import { augmentationFrom, augmentations } from "../../../src/data/augment/augmentations.ts";
import { augmenterFor } from "../../../src/data/augment/augmenter.ts";
import { Draws } from "../../../src/data/augment/draws.ts";
import { crop, flip, rotate } from "../../../src/data/augment/moves.ts";
import { resampler } from "../../../src/data/augment/resample.ts";
import { brightness, cutout, noise } from "../../../src/data/augment/values.ts";
import { batches } from "../../../src/data/batches.ts";
import { thrown } from "../thrown.ts";

const key = fork(seedKey(3), "test");
const shape = [6, 5, 2] as const;
const picture = (): Float32Array => Float32Array.from({ length: 60 }, (_, i) => Math.sin(i) + i / 7);
const changed = (list: readonly Augmentation[], place = { row: 4, epoch: 2 }, of = shape as readonly number[]) => {
  const data = picture().slice(
    0,
    of.reduce((product, length) => product * length, 1),
  );
  augmenterFor(list, { shape: of, key })(data, 0, place);
  return data;
};
/** Applies one fixed map. */
const mapped = (data: Float32Array, size: readonly number[], move: (map: Float64Array) => void): Float32Array => {
  const map = identityMap();
  move(map);
  const result = data.slice();
  resampler(imageSize("test", size))(result, 0, map, undefined);
  return result;
};

describe("augmentation", () => {
  it("E1 flipping twice gives the image back, and once its mirror image", () => {
    for (const axis of ["horizontal", "vertical"] as const) {
      const twice = changed([flip({ axis, probability: 1 }), flip({ axis, probability: 1 })]);
      expect(twice).toEqual(picture());
      const once = changed([flip({ axis, probability: 1 })]);
      const at = (y: number, x: number, c: number) => picture()[(y * 5 + x) * 2 + c];
      expect(once[(1 * 5 + 0) * 2 + 1]).toBe(axis === "horizontal" ? at(1, 4, 1) : at(4, 0, 1));
    }
    expect(changed([flip({ probability: 0 })])).toEqual(picture());
  });

  it("E2 turning by 0 changes nothing, four quarter turns nothing either, one quarter turn moves the top to the left", () => {
    expect(changed([rotate({ degrees: 0 })])).toEqual(picture());
    const square = picture().slice(0, 25);
    const quarter = (data: Float32Array) => mapped(data, [5, 5], (map) => turn(map, Math.PI / 2));
    expect(quarter(quarter(quarter(quarter(square))))).toEqual(square);
    expect(mapped(square, [5, 5], (map) => [1, 2, 3, 4].map(() => turn(map, Math.PI / 2)))).toEqual(square);
    // as seen, counter-clockwise: the right end of the top row becomes its left end
    expect(quarter(square)[0]).toBe(square[4]);
    expect(quarter(square)[20]).toBe(square[0]);
  });

  it("E2 a crop never looks beyond the image, whatever its size and part", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat({ max: 1000 }),
        (height, width, least, row) => {
          const draws = new Draws(key);
          draws.seek(row, 0);
          const map = identityMap();
          crop({ least }).init([height, width], key).move?.(map, draws);
          const [xx = 0, xy, x0 = 0, yx, yy = 0, y0 = 0] = map;
          expect([xy, yx]).toEqual([0, 0]);
          expect(xx).toBeGreaterThanOrEqual(least - 1e-12);
          expect(xx).toBeLessThanOrEqual(1);
          expect(yy).toBeCloseTo(xx, 12);
          for (const side of [-1, 1]) {
            expect(Math.abs((xx * side * (width - 1)) / 2 + x0)).toBeLessThanOrEqual((width - 1) / 2 + 1e-9);
            expect(Math.abs((yy * side * (height - 1)) / 2 + y0)).toBeLessThanOrEqual((height - 1) / 2 + 1e-9);
          }
        },
      ),
      { seed: 8 },
    );
  });

  it("E2 what comes out for a row in an epoch does not depend on the batch, and on nothing but the seed", () => {
    const inputs = ndarray(
      Float32Array.from({ length: 40 * 64 }, (_, i) => Math.cos(i)),
      [40, 8, 8],
    );
    const targets = ndarray(new Int32Array(40), [40]);
    const list = Object.keys(augmentations).map((kind) => augmentationFrom(kind));
    const byRow = (size: number, seed: number, epoch = 1) => {
      const augment = augmenterFor(list, { shape: [8, 8], key: seedKey(seed) });
      const rows = new Map<number, string>();
      for (const batch of batches({ rows: 40, inputs, targets }, { size, key: seedKey(size), epoch, augment }))
        for (const [i, row] of batch.indices.entries())
          rows.set(row, String(batch.inputs.data.subarray(i * 64, (i + 1) * 64)));
      return Array.from({ length: 40 }, (_, row) => rows.get(row));
    };
    expect(byRow(7, 1)).toEqual(byRow(40, 1));
    const [other, later] = [byRow(40, 2), byRow(40, 1, 2)];
    expect(byRow(40, 1).filter((text, row) => text === other[row] || text === later[row])).toEqual([]);
    expect(inputs.data[5]).toBeCloseTo(Math.cos(5), 6);
  });

  it("one more augmentation in the list leaves the random numbers of the others alone", () => {
    const wide = [5, 5];
    const alone = changed([noise()], { row: 1, epoch: 1 }, wide);
    const behind = changed([flip({ probability: 0 }), brightness({ by: 0 }), noise()], { row: 1, epoch: 1 }, wide);
    expect(behind).toEqual(alone);
  });

  it("neighbors that move pixels mix them once: a shift and its opposite cancel to the last bit", () => {
    const back = mapped(picture(), shape, (map) => {
      shiftBy(map, 0.3, -1.7);
      scaleMap(map, 2, 0.5);
      scaleMap(map, 0.5, 2);
      shiftBy(map, -0.3, 1.7);
    });
    expect(back).toEqual(picture());
    expect(mapped(picture(), shape, (map) => shiftBy(map, 1, 0))[2]).toBe(picture()[0]);
  });

  it("elastic distortion moves pixels smoothly, by about a pixel, and alpha 0 by none", () => {
    const big = [28, 28];
    const x = new Float32Array(784);
    const y = new Float32Array(784);
    const spread: number[] = [];
    const draws = new Draws(key);
    const change = augmentationFrom("elasticDistortion").init(big, key);
    for (let row = 0; row < 50; row++) {
      x.fill(0);
      y.fill(0);
      draws.seek(row, 0);
      change.displace?.({ x, y }, draws);
      spread.push(...x, ...y);
      for (let i = 1; i < 28; i++) expect(Math.abs((x[i] ?? 0) - (x[i - 1] ?? 0))).toBeLessThan(1.5);
    }
    // uniform noise of deviation 1/sqrt(3), smoothed by a Gaussian: alpha / (sqrt(3) * 2 * sqrt(pi) * sigma) = 1.38
    const deviation = Math.sqrt(spread.reduce((sum, d) => sum + d * d, 0) / spread.length);
    expect(deviation).toBeGreaterThan(1.1);
    expect(deviation).toBeLessThan(1.7);
    expect(changed([augmentationFrom({ kind: "elasticDistortion", alpha: 0 })])).toEqual(picture());
  });

  it("noise has its deviation, brightness moves all alike, cutout covers one square", () => {
    const add = augmenterFor([noise({ deviation: 0.5 })], { shape: [60], key });
    const differences: number[] = [];
    for (let row = 0; row < 400; row++) {
      const zeros = new Float32Array(60);
      add(zeros, 0, { row, epoch: 0 });
      differences.push(...zeros);
    }
    const square = differences.reduce((sum, d) => sum + d * d, 0) / differences.length;
    expect(Math.sqrt(square)).toBeCloseTo(0.5, 2);
    expect(Math.abs(differences.reduce((sum, d) => sum + d, 0) / differences.length)).toBeLessThan(0.01);

    const brighter = changed([brightness({ by: 0.4 })]).map((value, i) => value - (picture()[i] ?? 0));
    expect(Math.max(...brighter) - Math.min(...brighter)).toBeLessThan(1e-5);

    const holes = Array.from(
      { length: 60 },
      (_, row) => changed([cutout({ size: 0.5, value: -9 })], { row, epoch: 0 }).filter((v) => v === -9).length,
    );
    expect(Math.max(...holes)).toBe(3 * 3 * 2);
    expect(Math.min(...holes)).toBeGreaterThan(0);
    expect(Math.min(...holes)).toBeLessThan(18);
  });

  it("is data: every kind comes back from its description, and mistakes are named", () => {
    for (const kind of Object.keys(augmentations)) {
      const made = augmentationFrom(kind);
      expect(described(augmentationFrom(described(made)))).toEqual(described(made));
      expect(Object.keys(described(made))).toEqual(["kind", ...Object.keys(made.values ?? {})]);
    }
    expect(described(augmentationFrom({ kind: "rotate", degrees: 15 }))).toEqual({ kind: "rotate", degrees: 15 });
    const unknown = thrown(() => augmentationFrom({ kind: "rotat" }));
    expect([unknown.code, unknown.hint]).toEqual(["options/kind", expect.stringContaining("rotate")]);
    expect(thrown(() => rotate({ degrees: 200 })).message).toContain("received 200");
    const table = thrown(() => augmenterFor([flip()], { shape: [64], key }));
    expect([table.code, table.message]).toEqual([
      "augment/shape",
      "flip augments images [height, width, channels], and the examples have the shape [64]",
    ]);
    expect(() => augmenterFor([noise()], { shape: [64], key })).not.toThrow();
  });
});
