/** Layers as nodes of ONNX: the operators that other tools know a layer by, and its ops where there is no such one. */
import type { NdArray } from "../../array/ndarray.ts";
import type { Shape, Size } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { constant, input, state } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { unrolled } from "../../graph/unrolled.ts";
import { walk } from "../../graph/walk.ts";
import { type Window, windowOf } from "../../graph/window.ts";
import { averaged, ensemble } from "../../nn/ensemble.ts";
import { compute, graphLayer, stepNames } from "../../nn/graph-layer.ts";
import type { Layer } from "../../nn/layer.ts";
import { type BuiltModel, type ByPath, buildModel } from "../../nn/model.ts";
import { paddingFor } from "../../nn/padding.ts";
import { averagePool, maxPool, globalAveragePool as pooledEvenly, poolingWindow } from "../../nn/pooling.ts";
import { recurrent } from "../../nn/recurrent.ts";
import { layerNode, layerOf } from "../layer-node.ts";
import { permutedArray } from "./arrays.ts";
import { type GraphWriter, real, whole, wholes } from "./graph-writer.ts";
import { writeTensor } from "./write-ops.ts";
import { writeRecurrent } from "./write-recurrent.ts";
import { firstName, lastName, type Written } from "./written.ts";

/** A layer at its place in a model. */
interface Place {
  readonly writer: GraphWriter;
  readonly layer: Layer;
  readonly weights: ByPath<NdArray>;
  /** The path of the layer, with a dot after it; "" for the whole model. */
  readonly prefix: string;
}

/** A single layer with its graph for predicting, which says what its options leave open. */
interface Leaf extends Place {
  readonly x: Tensor;
  readonly built: BuiltModel;
  /** A parameter or buffer by its last name. */
  readonly kept: (name: string) => NdArray;
  /** A number that the layer computes with, as epsilon. */
  readonly number: (name: string) => number;
}

type WriteLeaf = (leaf: Leaf, value: Written) => Written;

/** Writes a layer after a value. Throws `onnx/write` for what ONNX has nothing for. */
export function writeLayer(place: Place, value: Written): Written {
  const composite = composites[place.layer.kind];
  if (composite !== undefined) return composite(place, value);
  const leaf = leafOf(place, value.shape);
  return (leaves[place.layer.kind] ?? byOps)(leaf, value);
}

function leafOf(place: Place, shape: Shape): Leaf {
  const { layer, weights, prefix } = place;
  const own = [...weights].filter(([path]) => path.startsWith(prefix));
  const variables = new Map(own.map(([path, array]) => [path.slice(prefix.length), state(path, array)]));
  const x = input("x", shape);
  const built = buildModel(layer, x, { variables, mode: "predict" });
  return {
    ...place,
    x,
    built,
    kept: (name) => known(weights.get(prefix + name), prefix + name),
    number: (name) => known(built.numbers.get(name), name).value,
  };
}

/** The ops of a layer that ONNX has no operator for. */
const byOps: WriteLeaf = ({ writer, x, built }, value) => {
  const bound = new Map<Tensor, Written>([[x, value]]);
  for (const { input: fed, value: number } of built.numbers.values())
    bound.set(fed, writeTensor(writer, constant(number), new Map()));
  return writeTensor(writer, unrolled(built.output), bound);
};

/** An operator on single numbers, in whichever order they lie. */
const activation =
  (opType: string, settings: (leaf: Leaf) => Parameters<GraphWriter["node"]>[2] = () => ({})): WriteLeaf =>
  (leaf, { shape, last, first }) => {
    const name = leaf.writer.node(opType, [known(last ?? first, "an input")], settings(leaf));
    return last === undefined ? { shape, first: name } : { shape, last: name };
  };

const unchanged: WriteLeaf = (_, value) => value;

const dense: WriteLeaf = ({ writer, weights, prefix, kept, built }, value) => {
  const inputs = [lastName(writer, value), writer.array(kept("weights"), `${prefix}weights`)];
  const { shape } = built.output;
  if (!weights.has(`${prefix}bias`)) return { shape, last: writer.node("MatMul", inputs) };
  const bias = writer.array(kept("bias"), `${prefix}bias`);
  // Gemm is of matrices alone
  if (shape.length > 2) return { shape, last: writer.node("Add", [writer.node("MatMul", inputs), bias]) };
  return { shape, last: writer.node("Gemm", [...inputs, bias]) };
};

/** What a graph puts around its input before windows slide over it: pads in ONNX's order, all befores first. */
function padsOf(built: BuiltModel, axes: number): readonly number[] {
  const pads = new Array<number>(2 * axes).fill(0);
  for (const { op, attributes } of walk([built.output])) {
    if (op.opName !== "pad") continue;
    const i = Number(attributes.axis) - 1;
    pads[i] = Number(attributes.before);
    pads[i + axes] = Number(attributes.after);
  }
  return pads;
}

function windowSettings({ size, stride, dilation }: Window): Record<string, ReturnType<typeof wholes>> {
  const settings = { kernel_shape: wholes(size), strides: wholes(stride) };
  return dilation.every((apart) => apart === 1) ? settings : { ...settings, dilations: wholes(dilation) };
}

const convolution: WriteLeaf = ({ writer, weights, prefix, kept, built }, value) => {
  const window = windowOf(
    known(
      walk([built.output]).find(({ op }) => op.opName === "patches"),
      "the window of a convolution",
    ),
  );
  const axes = window.size.length;
  const array = kept("weights");
  const each = array.shape.at(-2) ?? 1;
  const turned = permutedArray(array, [axes + 1, axes, ...window.size.map((_, i) => i)]);
  const inputs = [firstName(writer, value), writer.array(turned, `${prefix}weights`)];
  if (weights.has(`${prefix}bias`)) inputs.push(writer.array(kept("bias"), `${prefix}bias`));
  const first = writer.node("Conv", inputs, {
    ...windowSettings(window),
    pads: wholes(padsOf(built, axes)),
    group: whole(Number(value.shape.at(-1)) / each),
  });
  return { shape: built.output.shape, first };
};

const pooling =
  (opType: string, kind: typeof maxPool | typeof averagePool): WriteLeaf =>
  ({ writer, layer, built }, value) => {
    const lengths = value.shape.slice(1, -1) as Size;
    const options = kind.valuesOf(layer);
    const window = poolingWindow(options, lengths.length);
    const around = paddingFor(lengths, window, options.padding);
    const first = writer.node(opType, [firstName(writer, value)], {
      ...windowSettings(window),
      pads: wholes([...around.map(([before]) => before), ...around.map(([, after]) => after)]),
      // zeros around an average count, as they do here
      count_include_pad: opType === "AveragePool" ? whole(1) : undefined,
    });
    return { shape: built.output.shape, first };
  };

const batchNorm: WriteLeaf = (leaf, value) => {
  const { writer, prefix, kept, number } = leaf;
  const arrays = ["scale", "shift", "mean", "variance"].map((name) => writer.array(kept(name), prefix + name));
  const name = writer.node("BatchNormalization", [firstName(writer, value), ...arrays], {
    epsilon: real(number("epsilon")),
  });
  return value.shape.length < 3 ? { shape: value.shape, last: name } : { shape: value.shape, first: name };
};

const layerNorm: WriteLeaf = ({ writer, prefix, kept, number }, value) => {
  const arrays = ["scale", "shift"].map((name) => writer.array(kept(name), prefix + name));
  const settings = { axis: whole(-1), epsilon: real(number("epsilon")) };
  return {
    shape: value.shape,
    last: writer.node("LayerNormalization", [lastName(writer, value), ...arrays], settings),
  };
};

const globalAveragePool: WriteLeaf = (leaf, value) => {
  const { writer, built, layer } = leaf;
  if (pooledEvenly.valuesOf(layer).mask) return byOps(leaf, value);
  const pooled = writer.node("GlobalAveragePool", [firstName(writer, value)]);
  return { shape: built.output.shape, last: writer.node("Flatten", [pooled]) };
};

/** Masks there are lengths, and ours any positions: with one the steps are written out. */
const looped: WriteLeaf = (leaf, value) => {
  if (recurrent.valuesOf(leaf.layer).mask) return byOps(leaf, value);
  const last = writeRecurrent(leaf, lastName(leaf.writer, value), Number(value.shape[1]));
  return { shape: leaf.built.output.shape, last };
};

const flatten: WriteLeaf = ({ writer, built }, value) =>
  value.shape.length === 2
    ? value
    : { shape: built.output.shape, last: writer.node("Flatten", [lastName(writer, value)]) };

const leaves: { readonly [kind: string]: WriteLeaf } = {
  dense,
  conv1d: convolution,
  conv2d: convolution,
  maxPool: pooling("MaxPool", maxPool),
  averagePool: pooling("AveragePool", averagePool),
  globalAveragePool,
  recurrent: looped,
  flatten,
  batchNorm,
  layerNorm,
  dropout: unchanged,
  spatialDropout: unchanged,
  identity: unchanged,
  relu: activation("Relu"),
  leakyRelu: activation("LeakyRelu", ({ number }) => ({ alpha: real(number("slope")) })),
  elu: activation("Elu", ({ number }) => ({ alpha: real(number("alpha")) })),
  sigmoid: activation("Sigmoid"),
  tanh: activation("Tanh"),
  softmax: ({ writer }, value) => ({
    shape: value.shape,
    last: writer.node("Softmax", [lastName(writer, value)], { axis: whole(-1) }),
  }),
};

const inRow = (place: Place, value: Written): Written =>
  [...(place.layer.layers ?? [])].reduce(
    (sofar, [name, layer]) => writeLayer({ ...place, layer, prefix: `${place.prefix}${name}.` }, sofar),
    value,
  );

/** Layers of layers. */
const composites: { readonly [kind: string]: (place: Place, value: Written) => Written } = {
  chain: inRow,
  residual: (place, value) => {
    const { writer } = place;
    const through = inRow(place, value);
    const { shape } = value;
    if (value.first !== undefined && through.first !== undefined)
      return { shape, first: writer.node("Add", [value.first, through.first]) };
    return { shape, last: writer.node("Add", [lastName(writer, value), lastName(writer, through)]) };
  },
  ensemble: (place, value) => {
    const { loss, of } = ensemble.valuesOf(place.layer);
    const members = [...(place.layer.layers ?? [])].map(([name, layer]) =>
      writeLayer({ ...place, layer, prefix: `${place.prefix}${name}.` }, value),
    );
    const outputs = members.map(({ shape }, i) => input(`member${i + 1}`, shape));
    const bound = new Map(outputs.map((output, i) => [output, known(members[i], "a member")]));
    return writeTensor(place.writer, averaged(outputs, { loss, of }), bound);
  },
  graph: (place, value) => {
    const { steps } = graphLayer.valuesOf(place.layer);
    const names = stepNames(steps);
    const x = input("x", value.shape);
    const values = [x];
    const prefixes = new Map<Tensor, string>();
    for (const [i, step] of steps.entries()) {
      const prefix = `${place.prefix}${names[i]}.`;
      if ("layer" in step) {
        const from = known(values[step.of], "an earlier step");
        const { built } = leafOf({ ...place, layer: step.layer, prefix }, from.shape);
        const node = layerNode(step.layer, from, {}, built.output.shape);
        prefixes.set(node, prefix);
        values.push(node);
      } else if ("parameter" in step) {
        const path = prefix + step.parameter;
        values.push(state(path, known(place.weights.get(path), path)));
      } else values.push(compute(step, values, "float32"));
    }
    return writeTensor(place.writer, known(values.at(-1), "the last step"), new Map([[x, value]]), (node, of) => {
      const found = layerOf(node);
      return (
        found &&
        writeLayer({ ...place, layer: found.layer, prefix: known(prefixes.get(node), "a prefix") }, of(found.from))
      );
    });
  },
};
