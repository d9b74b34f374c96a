/**
 * A Keras model's configuration as a graph of calls. Three dialects are read: Keras 3, Keras 2 (also inside `.h5`), and
 * TensorFlow.js, which differ in how a layer names those before it and the shape that comes in.
 */
import type { Size } from "../../array/shape.ts";
import { NablaError, withContext } from "../../base/error.ts";
import { isRecord } from "../../base/value-type.ts";
import { quoted } from "../quoted.ts";
import { checkAttributes } from "./attributes.ts";
import { callsOf, isReference, type KerasCall, type Reference, referencesIn } from "./calls.ts";
import { classOf, MODEL_CLASSES } from "./class-names.ts";
import { inLayer } from "./in-layer.ts";
import { type JsonRecord, listFrom, recordFrom, size, textFrom } from "./record.ts";

/** A layer of the configuration. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  /** Where Keras 3 stores its arrays: "layers/dense_1". */
  readonly path: string;
  /** The names of the models that it is in, from the outermost in; the whole model is not named. */
  readonly within: readonly string[];
  readonly config: JsonRecord;
  readonly operation: boolean;
  /** The model that it is, for a model within a model. */
  readonly model?: KerasGraph;
}

/** A layer and how often it is called, each time on something else. */
export interface CalledLayer {
  readonly layer: KerasLayer;
  readonly calls: readonly KerasCall[];
}

/** A model: its layers, and which of their outputs it takes and gives. */
export interface KerasGraph {
  readonly nodes: readonly CalledLayer[];
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
  /** What inputs and outputs are called: by their keys where the model takes or gives a record, else by their layers. */
  readonly names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  /** Whether several inputs are told apart by their keys, and not by their order. */
  readonly keyed: boolean;
  /** The shape of one example of each input; undefined where the file leaves it open. */
  readonly shapes: readonly (Size | undefined)[];
}

const MOST_LAYERS = 10_000;
const DEEPEST = 32;
/** The name of a Sequential model's input where it has no layer for it. */
const INPUT = "\0input";

/** Reads `{ class_name, config }` of a model. Throws `keras/config`, `keras/graph` and `keras/layer`. */
export function graphFrom(model: unknown): KerasGraph {
  return readModel(recordFrom(model, "the model"), { root: "", within: [] });
}

interface Place {
  /** What the paths of arrays start with. */
  readonly root: string;
  readonly within: readonly string[];
}

function readModel(model: JsonRecord, place: Place): KerasGraph {
  const what = place.within.length === 0 ? "the model" : `the model ${quoted(place.within.at(-1) ?? "")}`;
  const { className: kind } = classOf(model, what);
  if (!MODEL_CLASSES.has(kind))
    throw new NablaError(
      "keras/layer",
      `the model is of the class ${quoted(kind)}; Sequential and Functional models can be read`,
      "a subclassed model has its layers in code: build the same as a Sequential model and save that",
    );
  if (place.within.length > DEEPEST) throw new NablaError("keras/config", "its models are nested endlessly");
  const config = Array.isArray(model.config)
    ? { layers: model.config }
    : recordFrom(model.config, "the model's config");
  inLayer(what, () => checkAttributes({ className: kind, config }));
  const layers = listFrom(config.layers, "the model's layers");
  if (layers.length === 0 || layers.length > MOST_LAYERS)
    throw new NablaError("keras/config", `the model has ${layers.length} layers`);
  const listed = layersFrom(layers, place);
  if (kind === "Sequential") return sequential(listed, config, model);
  return withContext("the model's graph", () => functional(listed, config));
}

interface Listed {
  readonly layer: KerasLayer;
  readonly inbound: unknown;
}

/** Layers with the places Keras 3 gives them: by class in snake case, numbered from the second on. */
function layersFrom(layers: readonly unknown[], { root, within }: Place): readonly Listed[] {
  const counts = new Map<string, number>();
  const names = new Set<string>();
  return layers.map((value, i) => {
    const layer = recordFrom(value, `layer ${i + 1}`);
    const own = isRecord(layer.config) ? layer.config.name : undefined;
    const name = textFrom(layer.name ?? own ?? `layer ${i + 1}`, `the name of layer ${i + 1}`);
    if (names.has(name)) throw new NablaError("keras/config", `two layers of one model are called ${quoted(name)}`);
    names.add(name);
    const { className, operation } = classOf(layer, `layer ${quoted(name)}`);
    const kind = snakeCase(className);
    const seen = counts.get(kind) ?? 0;
    if (!operation) counts.set(kind, seen + 1);
    const path = `${root}layers/${kind}${seen === 0 ? "" : `_${seen}`}`;
    const nested = MODEL_CLASSES.has(className);
    const config = nested ? layer : recordFrom(layer.config ?? {}, `the config of layer ${quoted(name)}`);
    const plain = { className, name, path, within, config, operation };
    if (className === "InputLayer") inLayer(`layer ${quoted(name)} (InputLayer)`, () => checkAttributes(plain));
    if (!nested) return { layer: plain, inbound: layer.inbound_nodes };
    const model = readModel(layer, { root: `${path}/`, within: [...within, name] });
    return { layer: { ...plain, model }, inbound: layer.inbound_nodes };
  });
}

function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** One layer after the other. */
function sequential(listed: readonly Listed[], config: JsonRecord, model: JsonRecord): KerasGraph {
  const [first] = listed;
  const begins = first?.layer.className === "InputLayer" ? first.layer.name : INPUT;
  let here: Reference = { layer: begins, call: 0, output: 0 };
  const nodes = listed.map(({ layer }): CalledLayer => {
    if (layer.name === begins) return { layer, calls: [] };
    const call: KerasCall = { inputs: [here], args: [], options: {} };
    here = { layer: layer.name, call: 0, output: 0 };
    return { layer, calls: [call] };
  });
  const build = isRecord(model.build_config) ? model.build_config.input_shape : undefined;
  const given = listed.map(({ layer }) => layer.config.batch_shape ?? layer.config.batch_input_shape);
  const nested = listed[0]?.layer.model?.shapes[0];
  const shape = [...given, config.build_input_shape, build].find(isShape);
  const shapes = [shape === undefined ? nested : exampleShape(shape)];
  const names = { inputs: [begins], outputs: [here.layer] };
  return { nodes, inputs: [{ layer: begins, call: 0, output: 0 }], outputs: [here], names, keyed: false, shapes };
}

function functional(listed: readonly Listed[], config: JsonRecord): KerasGraph {
  const nodes = listed.map(({ layer, inbound }) => ({ layer, calls: callsOf(inbound, layer.name) }));
  const inputs = referencesIn(config.input_layers);
  const outputs = referencesIn(config.output_layers);
  if (inputs.length === 0 || outputs.length === 0)
    throw new NablaError("keras/graph", `it has ${inputs.length} inputs and ${outputs.length} outputs`);
  const byName = new Map(nodes.map(({ layer }) => [layer.name, layer]));
  const shapes = inputs.map(({ layer: name }) => {
    const layer = byName.get(name);
    if (layer === undefined) throw new NablaError("keras/graph", `there is no layer ${quoted(name)}`);
    const shape = layer.config.batch_shape ?? layer.config.batch_input_shape;
    return isShape(shape) ? exampleShape(shape) : undefined;
  });
  const names = { inputs: namesOf(config.input_layers, inputs), outputs: namesOf(config.output_layers, outputs) };
  const keyed = inputs.length > 1 && isRecord(config.input_layers);
  return { nodes: withoutFirstCalls(nodes, outputs), inputs, outputs, names, keyed, shapes };
}

function namesOf(value: unknown, references: readonly Reference[]): readonly string[] {
  const keys = isRecord(value) ? Object.keys(value) : [];
  return references.map(({ layer }, i) => (keys.length === references.length ? (keys[i] ?? layer) : layer));
}

/**
 * Keras 2 counts the calls of a model within a model from 1 on, since its making was call 0: where a call is named that
 * there is not, one is put before the others.
 */
function withoutFirstCalls(nodes: readonly CalledLayer[], outputs: readonly Reference[]): readonly CalledLayer[] {
  const used = [...outputs, ...nodes.flatMap(({ calls }) => calls.flatMap(({ inputs }) => inputs))];
  const highest = new Map<string, number>();
  for (const one of used) if (isReference(one)) highest.set(one.layer, Math.max(one.call, highest.get(one.layer) ?? 0));
  return nodes.map((node) => {
    const shifted = node.layer.model !== undefined && highest.get(node.layer.name) === node.calls.length;
    return shifted ? { ...node, calls: [{ inputs: [], args: [], options: {} }, ...node.calls] } : node;
  });
}

/** `[null, 8, 8, 3]`: lengths of all but the batch. */
function isShape(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 1 && value.length < 6 && !value.slice(1).includes(null);
}

function exampleShape(given: readonly unknown[]): Size {
  return given.slice(1).map((length, i) => size(length, `length ${i + 1} of the input's shape [${given.slice(1)}]`));
}
