import type { Field } from "../base/described.ts";
import { NablaError } from "../base/error.ts";
import { inRange } from "../base/fields.ts";
import { fits } from "../base/parameter-path.ts";
import { multiply } from "../graph/elementwise.ts";
import { eachParameter, type GradientTransform, NOT_NEGATIVE } from "./transform.ts";

/** What the rate is multiplied by, for parameters by path; `*` stands for any letters: `{ "embedding1.*": 0.1, "*.bias": 2 }`. */
export type GroupFactors = { readonly [pattern: string]: number };

/** Rates per group of parameters, as the last transform. The first pattern that fits a path counts; 0 freezes. */
export function groups({ factors }: { readonly factors: GroupFactors }): GradientTransform {
  for (const [pattern, factor] of Object.entries(factors)) inRange(`the factor of ${pattern}`, factor, NOT_NEGATIVE);
  return eachParameter({
    kind: "groups",
    options: { factors },
    settings: factors,
    ranges: Object.fromEntries(Object.keys(factors).map((pattern) => [pattern, NOT_NEGATIVE])),
    update: (direction, { path, number }) => {
      const pattern = Object.keys(factors).find((one) => fits(one, path));
      return { direction: pattern === undefined ? direction : multiply(direction, number(pattern)) };
    },
  });
}

/** Numbers by pattern, from data. */
export const groupFactorsField: Field<GroupFactors, false> = {
  required: false,
  read: (value, place) => {
    const isFactors = (record: unknown): record is GroupFactors =>
      typeof record === "object" && record !== null && Object.values(record).every((x) => typeof x === "number");
    if (isFactors(value)) return value;
    throw new NablaError("options/type", `${place}: expected a record of numbers, received ${JSON.stringify(value)}`);
  },
};
