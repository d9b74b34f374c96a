import { field } from "../base/field.ts";
import { fits } from "../base/parameter-path.ts";
import { byNameType, numberType } from "../base/value-type.ts";
import { multiply } from "../graph/elementwise.ts";
import { eachParameter, transform } from "./transform.ts";

/** Learning-rate factors of parameters by path; `*` matches any characters: `{ "embedding1.*": 0.1, "*.bias": 2 }`. */
export type GroupFactors = { readonly [pattern: string]: number };

const FACTOR = { atLeast: 0 } as const;

/**
 * Rates per group of parameters, as the last transform. The first pattern that fits a path counts; 0 freezes. A layer all
 * of whose parameters begin frozen computes as in prediction: batch norm uses its running statistics, and keeps them.
 */
export const groups = transform(
  "groups",
  {
    factors: field(byNameType(numberType(FACTOR)), {
      help: "what the rate is multiplied by, for parameters by path; `*` stands for any letters",
    }),
  },
  ({ factors }) => {
    const patternOf = (path: string): string | undefined => Object.keys(factors).find((one) => fits(one, path));
    return {
      ...eachParameter({
        numbers: (settings) => settings,
        update: (direction, { path, number: fed }) => {
          const pattern = patternOf(path);
          return { direction: pattern === undefined ? direction : multiply(direction, fed(pattern)) };
        },
      }),
      settings: factors,
      ranges: Object.fromEntries(Object.keys(factors).map((pattern) => [pattern, FACTOR])),
      freezes: (path) => {
        const pattern = patternOf(path);
        return pattern !== undefined && factors[pattern] === 0;
      },
    };
  },
  { help: "rates per group of parameters; 0 freezes" },
);
