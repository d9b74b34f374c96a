/** Walks the calls of a Keras model in the order in which they can be computed, and builds each from layers and ops of ours. */
import type { NdArray } from "../../array/ndarray.ts";
import { showShape, sizeOf } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { constant, state } from "../../graph/leaf.ts";
import type { Operand, Tensor } from "../../graph/tensor.ts";
import type { Layer, Scope } from "../../nn/layer.ts";
import { layerNode } from "../layer-node.ts";
import { quoted } from "../quoted.ts";
import { checkAttributes, isCallOption, precisionOf } from "./attributes.ts";
import { isReference, type KerasCall } from "./calls.ts";
import type { CalledLayer, KerasGraph, KerasLayer } from "./configuration.ts";
import { inLayer } from "./in-layer.ts";
import { affine } from "./normalization-readers.ts";
import { operate } from "./operations.ts";
import { readers } from "./readers.ts";
import type { Kept, LayerReading } from "./reading.ts";

/** x * scale + offset of some tensor. */
export interface ScaledTensor {
  readonly from: Tensor;
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Options of `translateKeras`. */
export interface TranslationOptions {
  readonly arrays: (layer: KerasLayer) => readonly NdArray[];
  readonly keras3: boolean;
  readonly note: (message: string) => void;
  /** A tensor whose scalings are left out, since the preparation has them. */
  readonly unscaled?: Tensor | undefined;
}

/** What a model computes, and which tensors are scalings of others. */
export interface Translated {
  readonly outputs: readonly Tensor[];
  readonly scalings: ReadonlyMap<Tensor, ScaledTensor>;
}

/** Calls of layers, those of models within models counted each time. */
const MOST_CALLS = 20_000;

/** Builds what a model computes of its inputs. Throws `keras/…` with the layer's name. */
export function translateKeras(graph: KerasGraph, inputs: readonly Tensor[], options: TranslationOptions): Translated {
  const scalings = new Map<Tensor, ScaledTensor>();
  const frozen: string[] = [];
  let left = MOST_CALLS;
  const owned = new Map<KerasLayer, Owned>();

  const callLayer = (
    layer: KerasLayer,
    call: KerasCall,
    given: readonly Operand[],
    shared: boolean,
  ): readonly Tensor[] => {
    if (--left < 0) throw new NablaError("keras/graph", `the model calls more than ${MOST_CALLS} layers`);
    const place = `layer ${quoted(layer.name)} (${layer.className})`;
    const note = (message: string): void => options.note(`${place}: ${message}`);
    return inLayer(place, () => {
      if (!layer.operation) checkCall(layer, call, note);
      const tensors = given.filter((one): one is Tensor => typeof one !== "number");
      if (layer.model?.keyed === true)
        throw new NablaError("keras/layer", "a model within the model that takes its inputs by name");
      if (layer.model !== undefined) return run(layer.model, tensors, shared);
      if (!layer.operation) checkAttributes(layer);
      precisionOf(layer);
      notePenalties(layer, note);
      if (layer.config.trainable === false) frozen.push(layer.name);
      const own = owned.get(layer) ?? { arrays: options.arrays(layer), states: new Map<string, Tensor>() };
      owned.set(layer, own);
      const reading: LayerReading = {
        ...layer,
        arrays: own.arrays,
        inputs: tensors,
        called: call.options,
        keras3: options.keras3,
        note,
        apply: (made, x, kept = {}) => {
          if (!shared || Object.keys(kept).length === 0) return wholeLayer(made, x, kept);
          if (kept.mean !== undefined)
            note("it is called several times, and its statistics stay as they are when nabla trains the model");
          return sharedLayer(made, x, kept, own);
        },
        parameter: (name, array) => stateOf(own, name, array),
        scaled: (x, { scale, offset }) => {
          if (x === options.unscaled) return x;
          const output = affine(x, scale, offset);
          scalings.set(output, { from: x, scale, offset });
          return output;
        },
      };
      if (layer.operation) return [operate({ layer: reading, operands: given, args: call.args, named: call.options })];
      const read = readers.get(layer.className);
      if (read === undefined) throw new NablaError("keras/layer", "the layer");
      if (given.length > tensors.length) throw new NablaError("keras/layer", "a call on plain numbers");
      return [read(reading)];
    });
  };

  const run = (model: KerasGraph, given: readonly Tensor[], shared: boolean): readonly Tensor[] => {
    if (given.length !== model.inputs.length)
      throw new NablaError("keras/graph", `it takes ${model.inputs.length} inputs and is called on ${given.length}`);
    const values = new Map<string, readonly Tensor[]>();
    for (const [i, { layer }] of model.inputs.entries()) {
      const x = known(given[i], "an input");
      checkInput(x, model, i);
      values.set(keyOf(layer, 0), [x]);
    }
    for (const { node, call, index } of ordered(model)) {
      const key = keyOf(node.layer.name, index);
      if (values.has(key)) continue;
      const operands = call.inputs.map((one) => {
        if (typeof one === "number") return one;
        return isReference(one) ? valueAt(values, one) : constant(one);
      });
      values.set(key, callLayer(node.layer, call, operands, shared || timesCalled(node) > 1));
    }
    return model.outputs.map((output) => valueAt(values, output));
  };

  const outputs = run(graph, inputs, false);
  noteFrozen(frozen, options.note);
  return { outputs, scalings };
}

/** A layer's arrays, and the tensors that were made of them. */
interface Owned {
  readonly arrays: readonly NdArray[];
  readonly states: Map<string, Tensor>;
}

/** A call on nothing is the making of a model, and not a call. */
function timesCalled({ calls }: CalledLayer): number {
  return calls.filter(({ inputs }) => inputs.length > 0).length;
}

function stateOf({ states }: Owned, name: string, array: NdArray): Tensor {
  const made = states.get(name) ?? state(name, array);
  states.set(name, made);
  return made;
}

function wholeLayer(layer: Layer, x: Tensor, kept: Kept): Tensor {
  const [batch = "batch", ...example] = x.shape;
  return layerNode(layer, x, kept, [batch, ...layer.shapeOf(sizeOf(example))]);
}

/** What a layer computes, in ops on parameters that all of its calls share; buffers stay as they are. */
function sharedLayer(layer: Layer, x: Tensor, kept: Kept, own: Owned): Tensor {
  const array = (name: string): NdArray => known(kept[name], name);
  const scope: Scope = {
    path: "",
    mode: "predict",
    dropoutActive: false,
    dtype: "float32",
    has: (name) => Object.hasOwn(kept, name),
    parameter: (name) => stateOf(own, name, array(name)),
    buffer: (name) => constant(array(name)),
    number: (_, value) => constant(value),
    uniform: (_, shape) => constant({ dtype: "float32", shape: sizeOf(shape), data: new Float32Array() }),
    codes: () => undefined,
    pathOf: (name) => name,
    within: () => scope,
  };
  return layer.apply(x, scope).output;
}

function keyOf(layer: string, call: number): string {
  return `${call} ${layer}`;
}

function valueAt(
  values: ReadonlyMap<string, readonly Tensor[]>,
  one: { layer: string; call: number; output: number },
): Tensor {
  const value = values.get(keyOf(one.layer, one.call))?.[one.output];
  if (value !== undefined) return value;
  throw new NablaError("keras/graph", `layer ${quoted(one.layer)} has no output ${one.output} of its call ${one.call}`);
}

interface Step {
  readonly node: CalledLayer;
  readonly call: KerasCall;
  readonly index: number;
}

/** Calls, each after those whose outputs it takes. Throws `keras/graph` for a cycle and for a layer that there is not. */
function ordered({ nodes, inputs }: KerasGraph): readonly Step[] {
  const begun = new Set(inputs.map(({ layer }) => keyOf(layer, 0)));
  const steps = new Map(
    nodes.flatMap((node) =>
      node.calls.map((call, index) => [keyOf(node.layer.name, index), { node, call, index }] as const),
    ),
  );
  const waiting = new Map<string, number>();
  const users = new Map<string, string[]>();
  for (const [key, { node, call }] of steps) {
    const sources = new Set(call.inputs.flatMap((one) => (isReference(one) ? [keyOf(one.layer, one.call)] : [])));
    for (const source of sources) {
      if (!steps.has(source) && !begun.has(source)) {
        const name = source.slice(source.indexOf(" ") + 1);
        throw new NablaError(
          "keras/graph",
          `layer ${quoted(node.layer.name)} is called on ${quoted(name)}, which there is not`,
        );
      }
      users.set(source, [...(users.get(source) ?? []), key]);
    }
    waiting.set(key, sources.size);
  }
  const ready = [...begun, ...[...waiting].flatMap(([key, count]) => (count === 0 && !begun.has(key) ? [key] : []))];
  const order: Step[] = [];
  for (const key of ready) {
    const step = steps.get(key);
    if (step !== undefined && step.call.inputs.length > 0) order.push(step);
    for (const user of users.get(key) ?? []) {
      const count = (waiting.get(user) ?? 1) - 1;
      waiting.set(user, count);
      if (count === 0) ready.push(user);
    }
  }
  const stuck = [...steps].find(([key]) => (waiting.get(key) ?? 0) > 0 && !begun.has(key));
  if (stuck === undefined) return order;
  throw new NablaError("keras/graph", `its layers form a cycle at ${quoted(stuck[1].node.layer.name)}`);
}

/** What a model says of its input's shape is what comes in. */
function checkInput(x: Tensor, { shapes }: KerasGraph, i: number): void {
  const shape = shapes[i];
  if (shape === undefined || showShape(shape) === showShape(x.shape.slice(1))) return;
  const message = `it takes examples of the shape ${showShape(shape)}, and gets ${showShape(x.shape.slice(1))}`;
  throw new NablaError("keras/shape", message);
}

/** Arguments of a call that no layer reads are refused by name. */
function checkCall({ className }: KerasLayer, { options }: KerasCall, note: (message: string) => void): void {
  for (const [name, value] of Object.entries(options)) {
    if (name === "name" || isCallOption(className, name, value)) continue;
    if (name === "training" && value === false) {
      note("it is called with training=False, as in predicting; when nabla trains the model, it trains with the rest");
      continue;
    }
    const shown = (JSON.stringify(value) ?? "").slice(0, 60);
    throw new NablaError(
      "keras/layer",
      `the argument ${name}=${shown === "true" ? "True" : shown} that ${className} is called with`,
    );
  }
}

/** Options that act in training alone: reported, not converted. */
function notePenalties({ config }: KerasLayer, note: (message: string) => void): void {
  for (const [name, value] of Object.entries(config)) {
    const [, what] = /_(regularizer|constraint)$/.exec(name) ?? [];
    if (what === undefined || value === null || value === undefined) continue;
    note(`its ${what === "regularizer" ? "penalty" : what} (${name}) is left out; it is only used in training`);
  }
}

function noteFrozen(frozen: readonly string[], note: (message: string) => void): void {
  const names = [...new Set(frozen)];
  if (names.length === 0) return;
  const shown = names.slice(0, 3).map(quoted).join(", ");
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  note(`frozen in Keras (trainable=False), and trained with the rest when nabla trains the model: ${shown}${more}`);
}
