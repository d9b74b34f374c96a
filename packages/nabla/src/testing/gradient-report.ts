/** What a gradient check found, in numbers, in a table and in a sentence. */
import type { Size } from "../array/shape.ts";
import { count } from "../base/text.ts";

/** 1e-7 and below is right, 1e-5 probably right, 1e-3 suspicious, above wrong (Ng's thresholds). */
export type GradientVerdict = "right" | "probably right" | "suspicious" | "wrong";

/** What was found of one parameter. */
export interface ParameterCheck {
  readonly path: string;
  /** |a - n| / (|a| + |n|) with Euclidean norms of analytic and numeric slopes; 0 where both vanish. */
  readonly error: number;
  /** Numbers, or random directions, that were compared. */
  readonly checked: number;
  /** Numbers at a kink, as a ReLU has one at 0: no slope there is right or wrong, so they are left out. */
  readonly kinks: number;
  /** Where the slopes lie furthest apart; `index` is missing for a random direction. Undefined where nothing differs. */
  readonly worst: Worst | undefined;
}

/** The number of a parameter at which the two gradients differ most. */
export interface Worst {
  /** Where it is in the parameter; absent for a direction. */
  readonly index?: Size;
  readonly analytic: number;
  readonly numeric: number;
}

/** What a check found. */
export interface GradientReport {
  readonly verdict: GradientVerdict;
  /** The error over all parameters as one vector. */
  readonly error: number;
  readonly kinks: number;
  /** How often the cost was computed: the price of the check. Every number would take twice `numbers`. */
  readonly runs: number;
  /** How many numbers the parameters hold. */
  readonly numbers: number;
  /** By parameter, the worst first. */
  readonly parameters: readonly ParameterCheck[];
  /** The same as text, a line a parameter. */
  readonly table: string;
  /** The verdict in a sentence. */
  readonly summary: string;
}

/** Sums over what was compared in one parameter. */
export interface Sums {
  readonly path: string;
  readonly checked: number;
  readonly kinks: number;
  /** Sums of squares: of differences, of analytic and of numeric slopes. */
  readonly difference: number;
  readonly analytic: number;
  readonly numeric: number;
  readonly worst: Worst | undefined;
}

function relative({ difference, analytic, numeric }: Pick<Sums, "difference" | "analytic" | "numeric">): number {
  if (difference === 0) return 0;
  const error = Math.sqrt(difference) / (Math.sqrt(analytic) + Math.sqrt(numeric));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** Sums the parts up. */
export function reportOf(
  found: readonly Sums[],
  price: { readonly runs: number; readonly numbers: number },
): GradientReport {
  const total = (key: "difference" | "analytic" | "numeric" | "kinks"): number =>
    found.reduce((sum, one) => sum + one[key], 0);
  const error = relative({ difference: total("difference"), analytic: total("analytic"), numeric: total("numeric") });
  const parameters = found
    .map((sums): ParameterCheck => {
      const { path, checked, kinks, worst } = sums;
      return { path, error: relative(sums), checked, kinks, worst };
    })
    .sort((a, b) => b.error - a.error);
  // A large correct parameter must not mask a small wrong one.
  const largest = Math.max(error, ...parameters.map((parameter) => parameter.error));
  const verdict = verdictOf(largest);
  const kinks = total("kinks");
  const first = parameters[0];
  const where = first === undefined || first.error === 0 ? "" : ` (${placeOf(first)})`;
  const skipped = kinks === 0 ? "" : `; ${count(kinks, "kink")} left out`;
  const difference =
    largest === 0 ? "no difference beyond rounding" : `the largest relative error is ${shown(largest)}`;
  const summary = `The gradients are ${verdict}: ${difference}${where}${skipped}. Computed in float64, ${count(price.runs, "run")} of the cost.`;
  return { verdict, error, kinks, ...price, parameters, table: tableOf(parameters), summary };
}

function verdictOf(error: number): GradientVerdict {
  if (error <= 1e-7) return "right";
  if (error <= 1e-5) return "probably right";
  return error <= 1e-3 ? "suspicious" : "wrong";
}

/** A parameter with the index of its worst number: `dense1.weights[3, 2]`. */
export function placeOf({ path, worst }: Pick<ParameterCheck, "path" | "worst">): string {
  return worst?.index === undefined ? path : `${path}[${worst.index.join(", ")}]`;
}

function tableOf(parameters: readonly ParameterCheck[]): string {
  const width = Math.max(9, ...parameters.map(({ path }) => path.length));
  const lines = parameters.map(({ path, error, checked, kinks, worst }) =>
    [
      path.padEnd(width),
      shown(error).padStart(7),
      String(checked).padStart(7),
      String(kinks).padStart(5),
      worst?.index === undefined ? "" : `[${worst.index.join(", ")}]`,
    ]
      .join("  ")
      .trimEnd(),
  );
  return [`${"parameter".padEnd(width)}    error  checked  kinks  worst at`, ...lines].join("\n");
}

function shown(error: number): string {
  return error === 0 ? "0" : error.toExponential(1);
}
