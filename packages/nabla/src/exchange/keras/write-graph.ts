/** A graph layer as layers of Keras, where its ops are what some layer there computes. */
import type { NdArray } from "../../array/ndarray.ts";
import { broadcastShape, elementsOf, type Shape, sameShape, sizeOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { input } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { compute, type GraphStep, graphLayer, stepNames } from "../../nn/graph-layer.ts";
import type { Layer } from "../../nn/layer.ts";
import { knownArray } from "../known-array.ts";
import { type GraphView, layerAt } from "./graph-layers.ts";
import { type Argument, type Operation, operationOf, repeatsOperands } from "./graph-operations.ts";
import { cannot, type Dialect, type Made } from "./node.ts";

/** What a graph is written with. */
export interface GraphWriting {
  /** The layer there whose output comes in, and its shape with the batch. */
  readonly from: string;
  readonly shape: Shape;
  readonly dialect: Dialect;
  /** Writes a layer of the graph by its name, and gives the name there. */
  readonly emit: (name: string, layer: Layer, along: { readonly from: string; readonly shape: Shape }) => string;
  readonly add: (made: Made, from: readonly string[]) => string;
  readonly operate: (operation: Operation, args: readonly Argument[]) => string;
  /** An array of the graph by its name. */
  readonly array: (name: string) => NdArray | undefined;
}

type OpStep = Extract<GraphStep, { readonly op: string }>;

/** Layers that join two tensors, by op. */
const joins: Readonly<Record<string, string>> = {
  add: "Add",
  multiply: "Multiply",
  subtract: "Subtract",
  maximum: "Maximum",
  minimum: "Minimum",
};

/** Activations that are ops. */
const functions: Readonly<Record<string, string>> = {
  sigmoid: "sigmoid",
  tanh: "tanh",
  softplus: "softplus",
  exp: "exponential",
};

/** Writes what a graph layer computes, and gives the layer there whose output is its. Throws `keras/write`. */
export function writeGraph(layer: Layer, writing: GraphWriting): string {
  const { steps } = graphLayer.valuesOf(layer);
  const names = stepNames(steps);
  const tensors = tensorsOf(steps, writing.shape);
  const written = new Map<number, string>([[0, writing.from]]);
  const rankOf = (at: number): number => tensors[at]?.shape.length ?? 0;
  const stepAt = (at: number): GraphStep | undefined => steps[at - 1];
  const opAt = (at: number, ...ops: readonly string[]): OpStep | undefined => {
    const step = stepAt(at);
    return step !== undefined && "op" in step && ops.includes(step.op) ? step : undefined;
  };
  /** Joins there repeat along axes of length 1 by themselves. */
  const unrepeated = (at: number): number => {
    const of = opAt(at, "broadcast", "cast")?.of[0];
    return of !== undefined && rankOf(of) === rankOf(at) && tensors[of]?.dtype === "float32" ? unrepeated(of) : at;
  };
  /** What is repeated, along whichever axes. */
  const bare = (at: number): number => {
    const of = opAt(at, "broadcast")?.of[0];
    return of === undefined ? at : bare(of);
  };
  /** A number, or one for each feature of the last axis. */
  const constantAt = (at: number): Json | undefined => {
    const of = opAt(at, "broadcast", "cast", "reshape")?.of[0];
    if (of !== undefined) return constantAt(of);
    const step = stepAt(at);
    if (step === undefined || !("constant" in step)) return undefined;
    const numbers = step.constant.map(Number);
    if (numbers.length === 1) return numbers[0];
    return writing.dialect === "keras" && elementsOf(step.shape) === step.shape.at(-1) ? numbers : undefined;
  };
  const isRectified = (at: number): boolean => {
    const step = stepAt(at);
    if (step !== undefined && "layer" in step) return step.layer.kind === "relu";
    return opAt(at, "maximum")?.of.some((one) => constantAt(one) === 0) === true;
  };
  const rescaled = (of: number, scale: Json, offset: Json): string =>
    writing.add({ className: "Rescaling", config: { scale, offset } }, [nodeAt(of)]);
  const activated = (name: string, of: number): string =>
    writing.add({ className: "Activation", config: { activation: name } }, [nodeAt(of)]);

  const nodeAt = (at: number): string => {
    const found = written.get(at);
    if (found !== undefined) return found;
    const step = known(stepAt(at), "a step");
    if (!("op" in step)) {
      if (!("layer" in step)) throw cannot("a parameter that is called like a layer");
      const name = writing.emit(names[at - 1] ?? "", step.layer, {
        from: nodeAt(step.of),
        shape: tensors[step.of]?.shape ?? [],
      });
      written.set(at, name);
      return name;
    }
    const whole = layerAt(view, at);
    const name =
      whole === undefined
        ? (writeOp(step, at) ?? writeOperation(step, at))
        : whole.made.reduce((from, made) => writing.add(made, [from]), nodeAt(whole.from));
    written.set(at, name);
    return name;
  };

  const view: GraphView = {
    dialect: writing.dialect,
    stepAt,
    tensors,
    parameterAt: (at) => {
      const step = stepAt(at);
      return step !== undefined && "parameter" in step
        ? writing.array(`${names[at - 1]}.${step.parameter}`)
        : undefined;
    },
  };

  /** An op as an operation of Keras 3; those that work number by number repeat their operands by themselves. */
  const writeOperation = (step: OpStep, at: number): string => {
    const lacking = cannot(`the op ${step.op} of a graph`);
    if (writing.dialect !== "keras") throw lacking;
    const bared = step.of.map(bare);
    const together = (): Shape => bared.reduce<Shape>((all, of) => broadcastShape(all, tensors[of]?.shape ?? []), []);
    const repeats = repeatsOperands(step.op) && sameShape(together(), tensors[at]?.shape ?? []);
    const operands = repeats ? bared : step.of;
    const inputs = operands.map((of) => known(tensors[of], "a step"));
    const operation = operationOf(step.op, step.attributes as { readonly [name: string]: Json | undefined }, inputs);
    if (operation === undefined) throw lacking;
    const args = operands.map(argumentAt);
    if (!args.some((one) => "from" in one)) throw lacking;
    return writing.operate(operation, args);
  };

  const isKnown = (at: number): boolean => knownArray(known(tensors[at], "a step")) !== undefined;

  /** What is known is written out; a parameter too, so that it is no longer trained there. */
  const argumentAt = (at: number): Argument => {
    const array = view.parameterAt(at) ?? knownArray(known(tensors[at], "a step"));
    if (array === undefined) return { from: nodeAt(at) };
    const isNumber = array.shape.length === 0 && array.dtype !== "bool";
    return isNumber ? { json: array.data[0] ?? 0 } : { array };
  };

  const writeOp = (step: OpStep, at: number): string | undefined => {
    const [of = 0, other] = step.of;
    const activation = functions[step.op];
    if (activation !== undefined && !(activation === "exponential" && writing.dialect === "tfjs"))
      return activated(activation, of);
    const attributes = step.attributes as { readonly [name: string]: Json | undefined };
    if (other !== undefined) return writePair(step.op, { of, other, at });
    const repeated = repetition(step, tensors[of]?.shape ?? []);
    if (repeated !== undefined) return repeated.reduce((from, made) => writing.add(made, [from]), nodeAt(of));
    const arranged = arrangement(step.op, attributes, tensors[of]?.shape ?? []);
    if (arranged !== undefined) return writing.add(arranged, [nodeAt(of)]);
    if (step.op === "negate") return rescaled(of, -1, 0);
    const through = unrepeated(at);
    if (through !== at && String(tensors[through]?.shape) === String(tensors[at]?.shape)) return nodeAt(through);
    return undefined;
  };

  const writePair = (op: string, { of, other, at }: { of: number; other: number; at: number }): string | undefined => {
    if (op === "concatPair") {
      const axis = Number(opAt(at, op)?.attributes.axis);
      const gathered = (one: number): readonly number[] => {
        const inner = opAt(one, op);
        return inner !== undefined && inner.attributes.axis === axis ? inner.of.flatMap(gathered) : [one];
      };
      return writing.add({ className: "Concatenate", config: { axis } }, gathered(at).map(nodeAt));
    }
    const [left, right] = [constantAt(of), constantAt(other)];
    if (left === undefined && right === undefined) {
      const className = joins[op];
      const pair = [unrepeated(bare(of)), unrepeated(bare(other))];
      const missing = className === "Subtract" && writing.dialect === "tfjs";
      const fixed = pair.some((one) => view.parameterAt(one) !== undefined || isKnown(one));
      if (className === undefined || missing || fixed || rankOf(pair[0] ?? 0) !== rankOf(pair[1] ?? 0))
        return undefined;
      return writing.add({ className, config: {} }, pair.map(nodeAt));
    }
    const x = unrepeated(left === undefined ? of : other);
    const value = left ?? right ?? 0;
    const mapped = (change: (one: number) => number): Json =>
      Array.isArray(value) ? value.map((one) => change(Number(one))) : change(Number(value));
    if (op === "add") return rescaled(x, 1, value);
    if (op === "multiply") return rescaled(x, value, 0);
    if (op === "subtract")
      return left === undefined
        ? rescaled(
            x,
            1,
            mapped((one) => -one),
          )
        : rescaled(x, -1, value);
    if (op === "divide" && left === undefined)
      return rescaled(
        x,
        mapped((one) => 1 / one),
        0,
      );
    if (op === "maximum" && value === 0) return activated("relu", x);
    // a ReLU with a highest value does not go below 0, and neither does what comes in here
    if (op === "minimum" && isRectified(x) && typeof value === "number" && value > 0)
      return writing.add({ className: "ReLU", config: { max_value: value } }, [nodeAt(x)]);
    return undefined;
  };

  // layers in their order, so that no row of them is as deep as the network
  for (const [i, step] of steps.entries()) if ("layer" in step) nodeAt(i + 1);
  return nodeAt(steps.length);
}

/** What each step gives, in shapes. */
function tensorsOf(steps: readonly GraphStep[], shape: Shape): readonly Tensor[] {
  const tensors: Tensor[] = [input("x", shape)];
  for (const step of steps) {
    if ("layer" in step) {
      const [batch = "batch", ...example] = known(tensors[step.of], "a step").shape;
      tensors.push(input("layer", [batch, ...step.layer.shapeOf(sizeOf(example))]));
    } else if ("parameter" in step) tensors.push(input("parameter", step.shape));
    else tensors.push(compute(step, tensors, "float32"));
  }
  return tensors;
}

/** One row as several: the layers that make it of [batch, 1, features]. */
function repetition({ op, attributes }: OpStep, [batch, one, features]: Shape): readonly Made[] | undefined {
  const [toBatch, times = 1, width] = op === "broadcast" ? (attributes.shape as Shape) : [];
  if (one !== 1 || features === undefined || toBatch !== batch || width !== features) return undefined;
  return [
    { className: "Reshape", config: { target_shape: [features] } },
    { className: "RepeatVector", config: { n: times } },
  ];
}

/** Layers that only move numbers, or take the largest of all places. */
function arrangement(
  op: string,
  attributes: { readonly [name: string]: Json | undefined },
  shape: Shape,
): Made | undefined {
  const rank = shape.length;
  const spatial = rank - 2;
  if (op === "reshape") {
    const [batch, ...target] = attributes.shape as readonly Json[];
    return batch === shape[0] ? { className: "Reshape", config: { target_shape: target } } : undefined;
  }
  if (op === "transpose") {
    const [batch, ...dims] = attributes.order as readonly number[];
    return batch === 0 ? { className: "Permute", config: { dims } } : undefined;
  }
  const axis = Number(attributes.axis);
  const inside = (spatial === 1 || spatial === 2) && axis >= 1 && axis <= spatial;
  const sides = (before: number, after: number): Json => {
    const all = Array.from({ length: spatial }, (_, i) => (i + 1 === axis ? [before, after] : [0, 0]));
    return spatial === 1 ? (all[0] ?? []) : all;
  };
  if (op === "pad" && inside && (attributes.value ?? 0) === 0)
    return {
      className: `ZeroPadding${spatial}D`,
      config: { padding: sides(Number(attributes.before), Number(attributes.after)) },
    };
  if (op === "slice" && inside) {
    const after = Number(shape[axis]) - Number(attributes.to);
    return { className: `Cropping${spatial}D`, config: { cropping: sides(Number(attributes.from), after) } };
  }
  const axes = [attributes.axes].flat();
  const everywhere = axes.length === spatial && axes.every((one, i) => one === i + 1);
  if (op === "max" && everywhere && (spatial === 1 || spatial === 2) && attributes.keep !== true)
    return { className: `GlobalMaxPooling${spatial}D`, config: { data_format: "channels_last" } };
  return undefined;
}
