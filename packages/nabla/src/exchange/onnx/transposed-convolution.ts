/** The transpose of a convolution: what each number of the input adds to the places under its window. */
import { elementsOf, type Size, sizeOf } from "../../array/shape.ts";
import { NablaError } from "../../base/error.ts";
import { matmul } from "../../graph/contraction.ts";
import { add } from "../../graph/elementwise.ts";
import { pad, slice } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { unpatches, type Window } from "../../graph/window.ts";
import type { Given, OnnxNode } from "./node.ts";
import { permuted, reshaped } from "./value.ts";
import { checkKernel, lengthsOf, windowFrom } from "./window-operators.ts";

/** ConvTranspose: weights [channels, filters / groups, ...size]. */
export function transposedConvolution(node: OnnxNode): Given {
  const x = node.last(0);
  const lengths = lengthsOf(x);
  const weights = node.tensor(1);
  const [channels = 1, each = 1, ...size] = sizeOf(weights.shape);
  if (size.length !== lengths.length)
    throw new NablaError("onnx/shape", `weights of ${size.length + 2} axes do not fit inputs of ${lengths.length + 2}`);
  checkKernel(node, size);
  const window = windowFrom(node, size);
  const groups = node.integer("group", 1);
  if (groups < 1 || channels % groups !== 0 || channels !== x.shape.at(-1))
    throw new NablaError(
      "onnx/shape",
      `weights [${weights.shape.join(", ")}] in ${groups} groups do not fit ${x.shape.at(-1)} channels`,
    );
  const places = size.map((_, i) => i + 2);
  const turned = permuted(weights, [0, ...places, 1]); // [channels, ...size, filters / groups]
  const spread = spreadOut(x, turned, { groups, size, each });
  const full = lengths.map((length, i) => (length - 1) * (window.stride[i] ?? 1) + reachOf(window, i));
  const shape = [x.shape[0] ?? 1, ...full, each * groups];
  const whole = unpatches(spread, { ...window, shape });
  const made = cutsOf(node, { lengths, full, window }).reduce(
    (sofar, [before, after], i) => fitted(sofar, i + 1, before, after),
    whole,
  );
  return { last: node.has(2) ? add(made, node.tensor(2)) : made };
}

/** [batch, ...lengths, channels] to [batch, ...lengths, ...size, filters]. */
function spreadOut(
  x: Tensor,
  weights: Tensor,
  { groups, size, each }: { readonly groups: number; readonly size: Size; readonly each: number },
): Tensor {
  const channels = Number(x.shape.at(-1));
  const points = elementsOf(size);
  const shape = [...x.shape.slice(0, -1), ...size, each * groups];
  if (groups === 1)
    return reshaped(matmul(reshaped(x, [-1, channels]), reshaped(weights, [channels, points * each])), shape);
  const rows = permuted(reshaped(x, [-1, groups, channels / groups]), [1, 0, 2]); // [groups, rows, channels / groups]
  const product = matmul(rows, reshaped(weights, [groups, channels / groups, points * each]));
  return reshaped(permuted(reshaped(product, [groups, -1, points, each]), [1, 2, 0, 3]), shape);
}

function reachOf({ size, dilation }: Window, i: number): number {
  return ((size[i] ?? 1) - 1) * (dilation[i] ?? 1) + 1;
}

/** What is cut off before and after each axis; a number below 0 is added as zeros. */
function cutsOf(
  node: OnnxNode,
  { lengths, full, window }: { readonly lengths: Size; readonly full: Size; readonly window: Window },
): readonly (readonly [before: number, after: number])[] {
  const auto = node.text("auto_pad", "NOTSET");
  const zeros = lengths.map(() => 0);
  const pads = node.integers("pads") ?? [...zeros, ...zeros];
  const more = node.integers("output_padding") ?? zeros;
  const asked = node.integers("output_shape")?.slice(-lengths.length);
  const bad = [...pads, ...more, ...(asked ?? [])].some((n) => !Number.isInteger(n) || Math.abs(n) > 1e6);
  if (bad || pads.length !== 2 * lengths.length || more.length !== lengths.length)
    node.refuse(`its pads are ${pads.slice(0, 8).join(", ")} and its output_padding ${more.slice(0, 8).join(", ")}`);
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(auto))
    node.refuse(`auto_pad is ${JSON.stringify(auto.slice(0, 60))}`);
  const same = auto.startsWith("SAME");
  return lengths.map((length, i) => {
    const extra = more[i] ?? 0;
    const target = asked?.[i] ?? (same ? length * (window.stride[i] ?? 1) : undefined);
    if (target === undefined) return [pads[i] ?? 0, (pads[i + lengths.length] ?? 0) - extra];
    const total = (full[i] ?? 0) + extra - target;
    const [less, rest] = [Math.floor(total / 2), Math.ceil(total / 2)];
    return auto === "SAME_UPPER" ? [less, rest - extra] : [rest, less - extra];
  });
}

function fitted(x: Tensor, axis: number, before: number, after: number): Tensor {
  const length = Number(x.shape[axis]);
  const [from, to] = [Math.max(0, before), length - Math.max(0, after)];
  if (from >= to)
    throw new NablaError("onnx/shape", `pads of ${before} and ${after} leave nothing of ${length} places`);
  const cut = from === 0 && to === length ? x : slice(x, { axis, from, to });
  const zeros = { before: Math.max(0, -before), after: Math.max(0, -after) };
  return zeros.before + zeros.after === 0 ? cut : pad(cut, { axis, ...zeros, value: 0 });
}
