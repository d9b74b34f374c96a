/** Padding, and what cuts padding off again. */
import { normalizeAxes } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { concat, pad, slice } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { lengthAt, taken } from "./shape-operators.ts";

/** The least float32: what padding with minus infinity becomes, since plain data has no infinity. */
export const LEAST = -3.4028234663852886e38;

/** Places that are added to one side of an axis, or cut off. */
const MOST_PADS = 100_000;

/** How far an axis is padded; numbers below 0 cut off. */
interface Around {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

function padded(node: OnnxNode): Given {
  const mode = node.text("mode", "constant");
  const x = node.tensor(0);
  const pads = node.wholes("pads", { input: 1, since: 11 }) ?? [];
  const given = node.opset < 11 ? node.real("value", 0) : node.has(2) ? node.scalar(2) : 0;
  const value = Number.isFinite(given) ? given : LEAST * Math.sign(-given);
  const rank = x.shape.length;
  const axes = node.has(3) ? normalizeAxes(x.shape, [...node.counts(3)]) : x.shape.map((_, i) => i);
  if (pads.length !== 2 * axes.length || rank === 0)
    throw new NablaError("onnx/shape", `${pads.length} pads do not fit ${axes.length} axes`);
  if (pads.some((places) => Math.abs(places) > MOST_PADS)) node.refuse(`its pads are ${pads.slice(0, 8).join(", ")}`);
  const along = axes.map((axis, i) => ({ axis, before: pads[i] ?? 0, after: pads[i + axes.length] ?? 0 }));
  const by = modes[mode] ?? node.refuse(`it pads with ${JSON.stringify(mode.slice(0, 60))}, which is not supported`);
  return {
    tensor: along.reduce((sofar, one) => {
      const cut = cropped(sofar, one);
      const { before, after } = { before: Math.max(0, one.before), after: Math.max(0, one.after) };
      return before + after === 0 ? cut : by(cut, { ...one, before, after }, value);
    }, x),
  };
}

/** Pads below 0 take that many places off. */
function cropped(x: Tensor, { axis, before, after }: Around): Tensor {
  if (before >= 0 && after >= 0) return x;
  const length = lengthAt(x.shape, axis);
  const [from, to] = [Math.max(0, -before), length - Math.max(0, -after)];
  if (from < to) return slice(x, { axis, from, to });
  throw new NablaError("onnx/shape", `pads of ${before} and ${after} leave nothing of ${length} places`);
}

type PadBy = (x: Tensor, around: Around, value: number) => Tensor;

/** By copies of places of the input, which `at` finds: i counts from 0 at the first place of the input. */
const copied =
  (at: (i: number, length: number) => number): PadBy =>
  (x, { axis, before, after }) => {
    const length = lengthAt(x.shape, axis);
    const rows = (count: number, from: number): readonly Tensor[] =>
      count === 0
        ? []
        : [taken(x, axis, { shape: [count], data: Array.from({ length: count }, (_, k) => at(from + k, length)) })];
    return concat([...rows(before, -before), x, ...rows(after, length)], { axis });
  };

/** A place mirrored at the first and last one as often as it takes. */
function mirrored(i: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((i % period) + period) % period;
  return at < length ? at : period - at;
}

const modes: { readonly [mode: string]: PadBy | undefined } = {
  constant: (x, around, value) => pad(x, { ...around, value }),
  reflect: copied(mirrored),
  edge: copied((i, length) => Math.min(Math.max(i, 0), length - 1)),
  wrap: copied((i, length) => ((i % length) + length) % length),
};

/** Padding by name. */
export const padOperators: { readonly [opType: string]: Operator } = { Pad: padded };
