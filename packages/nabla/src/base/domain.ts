/**
 * What one hyperparameter can be. A sampler works in units: a number in [0, 1) for every value, so that equal lengths of
 * units are equally worth trying, whatever the scale of the values.
 */
import type { Described, PlainOptions } from "./described.ts";
import { NablaError } from "./error.ts";
import type { Json } from "./json.ts";

/** The values of one hyperparameter, as data with its functions. */
export interface Domain<out T extends Json = Json> extends Described {
  /** The value at a unit from 0 to 1. */
  readonly at: (unit: number) => T;
  /** The unit of a value, of a discrete one the middle of its cell; undefined outside the domain. */
  readonly unitOf: (value: Json) => number | undefined;
  readonly contains: (value: Json) => boolean;
  /** How many values there are: Infinity where they are continuous. */
  readonly cells: number;
  /** The values in order, counted from 0, where there are finitely many. */
  readonly nth: (place: number) => T;
  /** Whether neighbors resemble each other: false for a choice. */
  readonly ordered: boolean;
}

type Shape<T extends Json> = Omit<Domain<T>, "kind" | "options" | "contains">;

function domain<T extends Json>(kind: string, options: PlainOptions, shape: Shape<T>): Domain<T> {
  const contains = (value: Json): boolean => shape.unitOf(value) !== undefined;
  return Object.freeze({ kind, options: Object.freeze(options), ...shape, contains });
}

interface Ends {
  readonly from: number;
  readonly to: number;
}

/** Throws `tune/range` with both ends where they hold no values. */
function checked(kind: string, { from, to }: Ends, fits: boolean, wanted: string): void {
  if (fits && Number.isFinite(from) && Number.isFinite(to) && from <= to) return;
  const ends = `received ${String(from)} to ${String(to)}`;
  throw new NablaError("tune/range", `${kind} needs ${wanted}, ${ends}`, from > to ? "swap the two bounds" : undefined);
}

/** A continuous domain on a scale of its own: `scale` and `back` are inverse and monotonic. */
function continuous(
  kind: string,
  { from, to }: Ends,
  scale: (value: number) => number,
  back: (scaled: number) => number,
): Domain<number> {
  const [low, high] = [scale(from), scale(to)];
  return domain<number>(
    kind,
    { from, to },
    {
      at: (unit) => Math.min(to, Math.max(from, back(low + (high - low) * unit))),
      unitOf: (value) => {
        if (typeof value !== "number" || !(value >= from && value <= to)) return undefined;
        return high === low ? 0.5 : Math.min(1, Math.max(0, (scale(value) - low) / (high - low)));
      },
      cells: from === to ? 1 : Number.POSITIVE_INFINITY,
      nth: () => from,
      ordered: true,
    },
  );
}

/** Evenly from `from` to `to`. Throws `tune/range`. */
export function uniform(from: number, to: number): Domain<number> {
  checked("uniform", { from, to }, true, "two finite bounds with from <= to");
  return continuous(
    "uniform",
    { from, to },
    (value) => value,
    (scaled) => scaled,
  );
}

/** Evenly by the exponent to base 10: each decade as often. Throws `tune/range` where an end is not above 0. */
export function logUniform(from: number, to: number): Domain<number> {
  checked("logUniform", { from, to }, from > 0, "two finite bounds above 0 with from <= to");
  return continuous("logUniform", { from, to }, Math.log10, (scaled) => 10 ** scaled);
}

/**
 * 1 - value evenly by the exponent, for the betas of averages: from 0.9 to 0.999, half lie above 0.99. Throws
 * `tune/range` where an end is not below 1.
 */
export function oneMinusLog(from: number, to: number): Domain<number> {
  checked("oneMinusLog", { from, to }, to < 1, "two finite bounds below 1 with from <= to");
  return continuous(
    "oneMinusLog",
    { from, to },
    (value) => Math.log10(1 - value),
    (scaled) => 1 - 10 ** scaled,
  );
}

/** The whole numbers from `from` to `to`, both included, each as often. Throws `tune/range`. */
export function integer(from: number, to: number): Domain<number> {
  const whole = Number.isInteger(from) && Number.isInteger(to);
  checked("integer", { from, to }, whole, "two whole numbers with from <= to");
  const cells = to - from + 1;
  return domain<number>(
    "integer",
    { from, to },
    {
      at: (unit) => from + cellAt(unit, cells),
      unitOf: (value) => (isWhole(value, { from, to }) ? (value - from + 0.5) / cells : undefined),
      cells,
      nth: (place) => from + place,
      ordered: true,
    },
  );
}

/**
 * The whole numbers from `from` to `to`, both included, evenly by the exponent: 8 to 15 as often as 64 to 127. Throws
 * `tune/range` where an end is below 1.
 */
export function logInteger(from: number, to: number): Domain<number> {
  const whole = Number.isInteger(from) && Number.isInteger(to);
  checked("logInteger", { from, to }, whole && from >= 1, "two whole numbers from 1 with from <= to");
  const low = Math.log10(from);
  const width = Math.log10(to + 1) - low;
  const unitOfEdge = (edge: number): number => (Math.log10(edge) - low) / width;
  return domain<number>(
    "logInteger",
    { from, to },
    {
      at: (unit) => Math.min(to, Math.max(from, Math.floor(10 ** (low + width * unit)))),
      unitOf: (value) => (isWhole(value, { from, to }) ? (unitOfEdge(value) + unitOfEdge(value + 1)) / 2 : undefined),
      cells: to - from + 1,
      nth: (place) => from + place,
      ordered: true,
    },
  );
}

/** One of some values, each as often; they have no order. Throws `tune/choice` without values or with one twice. */
export function choice<const T extends readonly Json[]>(...values: T): Domain<T[number]> {
  const texts = values.map((value) => JSON.stringify(value));
  if (values.length === 0) throw new NablaError("tune/choice", "a choice needs at least one value, received none");
  const twice = texts.find((text, i) => texts.indexOf(text) !== i);
  if (twice !== undefined) throw new NablaError("tune/choice", `a choice has each value once, received ${twice} twice`);
  const cells = values.length;
  return domain<T[number]>(
    "choice",
    { values: [...values] },
    {
      at: (unit) => values[cellAt(unit, cells)] as T[number],
      nth: (place) => values[place] as T[number],
      unitOf: (value) => {
        const place = texts.indexOf(JSON.stringify(value));
        return place < 0 ? undefined : (place + 0.5) / cells;
      },
      cells,
      ordered: false,
    },
  );
}

/** Which of `cells` equal parts of [0, 1] holds a unit. */
export function cellAt(unit: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, Math.floor(unit * cells)));
}

function isWhole(value: Json, { from, to }: Ends): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;
}
