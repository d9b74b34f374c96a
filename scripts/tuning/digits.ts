/** Errors of a network for handwritten digits at many settings, which `scripts/tuning-table.ts` measured. */
import { readFileSync } from "node:fs";
import { axesOf, type DefaultSpace, defaultSpace, type Study, sobol, study, type Units, unitsOf } from "nabla/tune";
import type { Landscape } from "./functions.ts";

export const DIGITS: URL = new URL("digits-table.json", import.meta.url);

/** The default space for as many rows as the digits have for training. */
export const digitsSpace: DefaultSpace = defaultSpace({ rows: 1078 });

/** Dev error and dev cost of each setting, in the order of the study that drew them. */
export interface Results {
  readonly results: readonly (readonly [error: number, cost: number])[];
}

function readResults(): Results["results"] {
  return (JSON.parse(readFileSync(DIGITS, "utf8")) as Results).results;
}

/** The study of the table: its first `count` settings with the errors that were measured. */
export async function digitsStudy(count = Number.POSITIVE_INFINITY): Promise<Study<unknown>> {
  const results = readResults();
  const one = study({ space: digitsSpace, sampler: sobol(), seed: 1 });
  await one.run(Math.min(count, results.length), ({ number }) => results[number]?.[0]);
  return one;
}

/** How much a difference along an axis counts, since what matters more must be known more exactly; others count 0.5. */
const WEIGHTS: Readonly<Record<string, number>> = {
  rate: 8,
  optimizer: 8,
  units: 2,
  "optimizer.momentum.beta": 2,
  batch: 1,
};
const NEIGHBOURS = 5;

/** The table, or its first `count` settings, as a function on the whole space: the mean error of the five nearest settings, nearer ones counting more. */
export async function digits(count?: number): Promise<Landscape> {
  const { trials } = await digitsStudy(count);
  const axes = axesOf(digitsSpace);
  const rowOf = (units: Units): Float64Array => Float64Array.from(axes, ({ path }) => units[path] ?? Number.NaN);
  const known = trials.map(({ units, value = 1 }) => ({ row: rowOf(units), value }));
  const weights = axes.map(({ path }) => WEIGHTS[path] ?? 0.5);
  const ordered = axes.map(({ domain }) => domain.ordered);
  const distance = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < axes.length; i++) {
      const off = (a[i] ?? 0) - (b[i] ?? 0);
      if (!Number.isNaN(off)) sum += (weights[i] ?? 0) * (ordered[i] === true ? off * off : Number(off !== 0));
    }
    return sum;
  };
  const costOf: Landscape["costOf"] = (values) => {
    const here = rowOf(unitsOf(digitsSpace, values as Parameters<typeof unitsOf>[1]));
    const near: { readonly far: number; readonly value: number }[] = [];
    for (const { row, value } of known) {
      const far = distance(row, here);
      if (near.length === NEIGHBOURS && far >= (near.at(-1)?.far ?? 0)) continue;
      near.splice(near.findLastIndex((other) => other.far <= far) + 1, 0, { far, value });
      near.length = Math.min(near.length, NEIGHBOURS);
    }
    const total = near.reduce((sum, { far }) => sum + 1 / (far + 1e-9), 0);
    return near.reduce((sum, { far, value }) => sum + value / (far + 1e-9), 0) / total;
  };
  return { name: "Digits network", space: digitsSpace, costOf, least: 0 };
}
