/** Numbers to predict, on the scale that a network learns them on. */
import { NablaError } from "../base/error.ts";
import type { NumberTarget, TargetBounds } from "./preparation.ts";
import type { Scale } from "./scaling.ts";

/** The scales that a number to predict can be learned on. */
export const TARGET_SCALES = ["none", "log", "mean"] as const;

/**
 * `log` learns log(1 + value), for values that are never negative and of very different size. On made-up prices over three
 * powers of ten the median prediction was off by 13% with it and by 68% without; over one power it made no difference.
 * `mean` learns value / mean, for the loss `poisson` of counts, which are never negative either.
 */
export type TargetScale = (typeof TARGET_SCALES)[number];

/** Models of earlier versions bound predictions on a log scale alone, by so many times the largest value of training. */
const LOG_REACH = 10;

/**
 * Predictions go so far beyond the values of training, as a part of their range. On the tables that defaults are chosen on,
 * nothing from 0.1 to 1 made a difference but for inputs far from all others, where less was better.
 */
const REACH = 0.5;

/** log(1 + value), mirrored below 0: training has no negative value, but rows that are measured later may. */
export function logScaled(value: number): number {
  return Math.sign(value) * Math.log1p(Math.abs(value));
}

/** The target as a model carries it: standardized, on a log scale where asked. Throws `data/one-value`, `data/below-zero`. */
export function numberTarget(
  target: Omit<NumberTarget, "kind" | "mean" | "deviation" | "scale" | "most" | "bounds">,
  {
    scale,
    least,
    most,
    on,
  }: { readonly scale: Scale; readonly least: number; readonly most: number; readonly on: TargetScale },
): NumberTarget {
  const { name } = target;
  const log = on === "log";
  if (on !== "none" && least < 0) {
    const what = log ? "a log scale does not hold" : "no count is";
    const message = `target ${name}: ${least} is below 0, which ${what}`;
    throw new NablaError(
      "data/below-zero",
      message,
      `leave out ${log ? "--target-scale log" : "the loss or scale of counts"}, or such rows`,
    );
  }
  const { center, spread } = scale;
  if (spread === 0) {
    const value = log ? least : center;
    const message = `target ${name} is ${value} in every training row, so there is nothing to predict`;
    throw new NablaError("data/one-value", message, "choose another target");
  }
  const { reading, ...named } = target;
  const logged = log ? ({ scale: "log" } as const) : {};
  const read = reading === undefined ? {} : { reading };
  const bounds = boundsFor(least, most);
  const scaled = on === "mean" ? { mean: 0, deviation: center } : { mean: center, deviation: spread };
  return { kind: "number", ...named, ...scaled, ...logged, bounds, ...read };
}

/** Half of the range beyond what training held, but never across 0 where nothing of training was. */
function boundsFor(least: number, most: number): TargetBounds {
  const reach = REACH * (most - least);
  return {
    from: least >= 0 ? Math.max(0, least - reach) : least - reach,
    to: most <= 0 ? Math.min(0, most + reach) : most + reach,
  };
}

/** Where predictions of a target lie, in its own unit; undefined for a model of an earlier version, which has no bounds. */
export function targetBounds({ scale, bounds, most = 0 }: NumberTarget): TargetBounds | undefined {
  return bounds ?? (scale === "log" ? { from: 0, to: LOG_REACH * most } : undefined);
}

/** A value of the target as the network is taught it. */
export function scaledTarget({ mean, deviation, scale }: NumberTarget, value: number): number {
  return ((scale === "log" ? logScaled(value) : value) - mean) / deviation;
}

/** What `scaledTarget` was made of. */
export function unscaledTarget({ mean, deviation, scale }: NumberTarget, scaled: number): number {
  const found = scaled * deviation + mean;
  return scale === "log" ? Math.sign(found) * Math.expm1(Math.abs(found)) : found;
}

/**
 * A prediction of the network in the target's own unit, within the bounds of the target: beyond what training held, a
 * network goes on in a straight line and would name any number.
 */
export function restoredTarget(target: NumberTarget, value: number): number {
  const bounds = targetBounds(target);
  const found = unscaledTarget(target, value);
  if (bounds === undefined || Number.isNaN(found)) return found;
  return Math.min(Math.max(found, bounds.from), bounds.to);
}
