/** From what a network says of a number to that number in its own unit, as nodes. */
import { filled } from "../../array/ndarray.ts";
import type { NumberTarget } from "../../data/preparation.ts";
import { targetBounds } from "../../data/target-scale.ts";
import { CAST_TYPES, type GraphWriter, whole } from "./graph-writer.ts";
import { isWideTarget } from "./input-type.ts";
import { lastName, type Written } from "./written.ts";

/**
 * prediction * deviation + mean, in float64 where float32 would lose digits; of a target on a log scale the number whose
 * logarithm that is; within the same bounds as `restoreTargets`.
 */
export function writeTarget(writer: GraphWriter, value: Written, target: NumberTarget): Written {
  const { mean, deviation, scale } = target;
  const { shape } = value;
  const wide = scale === "log" || isWideTarget(target);
  const number = (x: number, name: string): string => writer.array(filled([], x, wide ? "float64" : "float32"), name);
  const name = lastName(writer, value);
  const started = wide ? writer.node("Cast", [name], { to: whole(CAST_TYPES.float64) }) : name;
  const times = deviation === 1 ? started : writer.node("Mul", [started, number(deviation, "deviation")]);
  const plus = writer.node("Add", [times, number(mean, "mean")]);
  const grown = scale === "log" ? unlogged(writer, plus) : plus;
  const bounds = targetBounds(target);
  const last =
    bounds === undefined
      ? grown
      : writer.node("Min", [writer.node("Max", [grown, number(bounds.from, "from")]), number(bounds.to, "to")]);
  return { shape, last: scale === "log" ? writer.node("Cast", [last], { to: whole(CAST_TYPES.float32) }) : last };
}

/** The number whose logarithm of 1 + number this is. */
function unlogged(writer: GraphWriter, name: string): string {
  return writer.node("Sub", [writer.node("Exp", [name]), writer.array(filled([], 1, "float64"), "one")]);
}
