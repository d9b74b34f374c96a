/** From what a network says of a number to that number in its own unit, as nodes. */
import { filled } from "../../array/ndarray.ts";
import type { NumberTarget } from "../../data/preparation.ts";
import { LOG_REACH } from "../../data/target-scale.ts";
import { CAST_TYPES, type GraphWriter, whole } from "./graph-writer.ts";
import { isWideTarget } from "./input-type.ts";
import { lastName, type Written } from "./written.ts";

/**
 * prediction * deviation + mean, in float64 where float32 would lose digits; of a target on a log scale the number whose
 * logarithm that is, within the same bounds as `restoreTargets`.
 */
export function writeTarget(writer: GraphWriter, value: Written, target: NumberTarget): Written {
  const { mean, deviation, scale, most = 0 } = target;
  const { shape } = value;
  const wide = scale === "log" || isWideTarget(target);
  const number = (x: number, name: string): string => writer.array(filled([], x, wide ? "float64" : "float32"), name);
  const name = lastName(writer, value);
  const started = wide ? writer.node("Cast", [name], { to: whole(CAST_TYPES.float64) }) : name;
  const times = deviation === 1 ? started : writer.node("Mul", [started, number(deviation, "deviation")]);
  const plus = writer.node("Add", [times, number(mean, "mean")]);
  if (scale === undefined) return { shape, last: plus };
  const above = writer.node("Max", [plus, number(0, "zero")]);
  const below = writer.node("Min", [above, number(Math.log1p(LOG_REACH * most), "limit")]);
  const grown = writer.node("Sub", [writer.node("Exp", [below]), number(1, "one")]);
  return { shape, last: writer.node("Cast", [grown], { to: whole(CAST_TYPES.float32) }) };
}
