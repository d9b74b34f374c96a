/** Numbers to predict, on the scale that a network learns them on. */
import { NablaError } from "../base/error.ts";
import type { NumberTarget } from "./preparation.ts";
import type { Scale } from "./scaling.ts";

/** The scales that a number to predict can be learned on. */
export const TARGET_SCALES = ["none", "log"] as const;

/**
 * `log` learns log(1 + value), for values that are never negative and of very different size. On made-up prices over three
 * powers of ten the median prediction was off by 13% with it and by 68% without; over one power it made no difference.
 */
export type TargetScale = (typeof TARGET_SCALES)[number];

/** So many times the largest value of training is the most that a prediction on a log scale can be. */
export const LOG_REACH = 10;

/** log(1 + value), mirrored below 0: training has no negative value, but rows that are measured later may. */
export function logScaled(value: number): number {
  return Math.sign(value) * Math.log1p(Math.abs(value));
}

/** The target as a model carries it: standardized, on a log scale where asked. Throws `data/one-value`, `data/below-zero`. */
export function numberTarget(
  target: Omit<NumberTarget, "kind" | "mean" | "deviation" | "scale" | "most">,
  {
    scale,
    least,
    most,
    log,
  }: { readonly scale: Scale; readonly least: number; readonly most: number; readonly log: boolean },
): NumberTarget {
  const { name } = target;
  if (log && least < 0) {
    const message = `target ${name}: ${least} is below 0, which a log scale does not hold`;
    throw new NablaError("data/below-zero", message, "leave out --target-scale log, or such rows");
  }
  const { center, spread } = scale;
  if (spread === 0) {
    const value = log ? least : center;
    const message = `target ${name} is ${value} in every training row, so there is nothing to predict`;
    throw new NablaError("data/one-value", message, "choose another target");
  }
  const { reading, ...named } = target;
  const logged = log ? ({ scale: "log", most } as const) : {};
  const read = reading === undefined ? {} : { reading };
  return { kind: "number", ...named, mean: center, deviation: spread, ...logged, ...read };
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
 * A prediction of the network in the target's own unit. On a log scale it lies between 0 and LOG_REACH times the largest
 * value of training: a network that goes on in a straight line there would name any number.
 */
export function restoredTarget({ mean, deviation, scale, most = 0 }: NumberTarget, value: number): number {
  const found = value * deviation + mean;
  return scale === "log" ? Math.expm1(Math.min(Math.max(found, 0), Math.log1p(LOG_REACH * most))) : found;
}
