import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eigenOf } from "../../src/tune/eigen.ts";
import {
  beginEvolution,
  type Evolution,
  generationSize,
  nextEvolution,
  pointFor,
  whitened,
} from "../../src/tune/evolution.ts";
import { placeOfUnit, unitWithin } from "../../src/tune/generations.ts";

interface Golden {
  readonly cases: readonly {
    readonly axes: number;
    /** The first one, which is nearly that of independent axes. */
    readonly covariance: readonly (readonly number[])[];
    readonly ranked: readonly (readonly (readonly number[])[])[];
    readonly states: Readonly<
      Record<
        string,
        {
          readonly middle: readonly number[];
          readonly sigma: number;
          readonly covariance: readonly (readonly number[])[];
          readonly sigmaPathLength: number;
          readonly path: readonly number[];
        }
      >
    >;
  }[];
  readonly bounds: readonly (readonly [number, number])[];
}

const golden = JSON.parse(readFileSync(new URL("golden/cma.json", import.meta.url), "utf8")) as Golden;

/** How far numbers are apart, measured by the largest of them. */
function apart(ours: ArrayLike<number>, theirs: readonly number[]): number {
  const scale = Math.max(...theirs.map(Math.abs)) || 1;
  return Math.max(...theirs.map((value, i) => Math.abs(value - (ours[i] ?? Number.NaN)))) / scale;
}

test.each(
  golden.cases.map((one) => [one.axes, one.ranked[0]?.length ?? 0, one] as const),
)("from the points that pycma drew on %i axes, %i in a generation, follows what pycma learned", (axes, _, {
  covariance: begin,
  ranked,
  states,
}) => {
  const covariance = Float64Array.from(begin.flat());
  let state: Evolution = {
    ...beginEvolution(new Float64Array(axes).fill(0.5), 0.3),
    covariance,
    eigen: eigenOf(covariance, axes),
  };
  for (const [generation, points] of ranked.entries()) {
    state = nextEvolution(
      state,
      points.map((point) => Float64Array.from(point)),
    );
    const theirs = states[String(generation + 1)];
    if (theirs === undefined) continue;
    expect(apart(state.middle, theirs.middle)).toBeLessThan(1e-10);
    expect(apart([state.sigma], [theirs.sigma])).toBeLessThan(1e-10);
    expect(apart(state.covariance, theirs.covariance.flat())).toBeLessThan(1e-10);
    expect(apart([Math.hypot(...state.sigmaPath)], [theirs.sigmaPathLength])).toBeLessThan(1e-10);
    expect(apart(state.path, theirs.path)).toBeLessThan(1e-10);
  }
  expect(Object.keys(states)).toContain(String(ranked.length));
});

test("bounds bend a place into the axis as pycma does, and back", () => {
  for (const [place, unit] of golden.bounds) expect(unitWithin(place)).toBeCloseTo(unit, 12);
  for (const unit of [0, 0.01, 0.05, 0.4, 0.96, 1]) expect(unitWithin(placeOfUnit(unit))).toBeCloseTo(unit, 12);
});

test("generations have Hansen's size", () => {
  expect([1, 2, 6, 10, 20].map(generationSize)).toEqual([4, 6, 9, 10, 12]);
});

test("eigenvectors make up the matrix again, and whitening undoes what draws a point", () => {
  const n = 5;
  const root = Float64Array.from({ length: n * n }, (_, at) => Math.sin(at * at + 1));
  const covariance = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return root.subarray(i * n, i * n + n).reduce((sum, value, k) => sum + value * (root[j * n + k] ?? 0), 0);
  });
  const eigen = eigenOf(covariance, n);
  const again = covariance.map((_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return eigen.values.reduce(
      (sum, value, k) => sum + value * (eigen.vectors[i * n + k] ?? 0) * (eigen.vectors[j * n + k] ?? 0),
      0,
    );
  });
  expect(apart(again, [...covariance])).toBeLessThan(1e-12);
  const state = { ...beginEvolution(new Float64Array(n), 2), covariance, eigen };
  const normals = [1, -0.5, 0.25, 2, -1];
  const step = pointFor(state, normals).map((value) => value / 2);
  expect(Math.hypot(...whitened(state, step))).toBeCloseTo(Math.hypot(...normals), 10);
});
