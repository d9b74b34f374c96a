/**
 * A Keras model's configuration as the steps an example goes through. Three dialects are read: Keras 3, Keras 2 (also
 * inside `.h5`), and TensorFlow.js, which differ in how a layer names those before it and the shape that comes in.
 */
import type { Size } from "../../array/shape.ts";
import { NablaError, withContext } from "../../base/error.ts";
import { isRecord } from "../../base/value-type.ts";
import { quoted } from "../quoted.ts";
import { type JsonRecord, listFrom, recordFrom, size, textFrom } from "./record.ts";

/** A layer of the configuration. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  /** Where Keras 3 stores its arrays: "layers/dense_1". */
  readonly path: string;
  readonly config: JsonRecord;
}

/** One thing that happens to an example: a layer, or steps around which a sum leads (x + steps(x)). */
export type KerasStep = { readonly layer: KerasLayer } | { readonly around: readonly KerasStep[] };

/** A model from its input to its output. */
export interface KerasSteps {
  /** The shape of one example. */
  readonly shape: Size;
  readonly steps: readonly KerasStep[];
}

const MOST_LAYERS = 10_000;

/** Reads `{ class_name, config }` of a model. Throws `keras/config`, `keras/graph` where layers form no chain, `keras/layer`. */
export function stepsOf(model: unknown): KerasSteps {
  const { shape, steps } = modelSteps(recordFrom(model, "the model"), "");
  if (shape === undefined)
    throw new NablaError("keras/config", "the model does not give its input shape, or leaves a length of it open");
  return { shape, steps };
}

interface PartialSteps {
  readonly shape: Size | undefined;
  readonly steps: readonly KerasStep[];
}

const MODELS: ReadonlySet<string> = new Set(["Sequential", "Functional", "Model"]);

function modelSteps(model: JsonRecord, root: string): PartialSteps {
  const kind = textFrom(model.class_name, "the model's class_name");
  if (!MODELS.has(kind))
    throw new NablaError(
      "keras/layer",
      `the model is of the class ${quoted(kind)}; Sequential and Functional models can be read`,
      "a subclassed model has its layers in code: build the same as a Sequential model and save that",
    );
  const config = Array.isArray(model.config)
    ? { layers: model.config }
    : recordFrom(model.config, "the model's config");
  const layers = listFrom(config.layers, "the model's layers");
  if (layers.length === 0 || layers.length > MOST_LAYERS)
    throw new NablaError("keras/config", `the model has ${layers.length} layers`);
  const nodes = named(layers, root);
  const shape = inputShape(nodes, config, model);
  if (kind === "Sequential") return { shape, steps: nodes.flatMap(({ layer }) => stepsAt(layer)) };
  return { shape, steps: withContext("the model's graph", () => walk(nodes, config)) };
}

interface Node {
  readonly layer: KerasLayer;
  /** The names of the layers whose outputs come in. */
  readonly from: readonly string[];
}

/** Layers with the places Keras 3 gives them: by class in snake case, numbered from the second on. */
function named(layers: readonly unknown[], root: string): readonly Node[] {
  const counts = new Map<string, number>();
  return layers.map((value, i) => {
    const layer = recordFrom(value, `layer ${i + 1}`);
    const className = textFrom(layer.class_name, `the class_name of layer ${i + 1}`);
    const config = MODELS.has(className) ? layer : recordFrom(layer.config, `the config of layer ${i + 1}`);
    const own = isRecord(layer.config) ? layer.config.name : undefined;
    const place = snakeCase(className);
    const seen = counts.get(place) ?? 0;
    counts.set(place, seen + 1);
    const path = `${root}layers/${place}${seen === 0 ? "" : `_${seen}`}`;
    const name = textFrom(layer.name ?? own ?? `layer ${i + 1}`, `the name of layer ${i + 1}`);
    return { layer: { className, name, path, config }, from: sourcesOf(layer.inbound_nodes, name) };
  });
}

function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

function stepsAt(layer: KerasLayer): readonly KerasStep[] {
  if (layer.className === "InputLayer") return [];
  return MODELS.has(layer.className) ? modelSteps(layer.config, `${layer.path}/`).steps : [{ layer }];
}

/** The input shape of the input layer, else of the first layer that has one, else of the model's build config. */
function inputShape(nodes: readonly Node[], config: JsonRecord, model: JsonRecord): Size | undefined {
  const layers = nodes.map(({ layer }) => layer);
  const inputs = layers.filter(({ className }) => className === "InputLayer");
  const given = [...inputs, ...layers].map((layer) => layer.config.batch_shape ?? layer.config.batch_input_shape);
  const found = [...given, config.build_input_shape, inputShapeOf(model.build_config)].find(isShape);
  if (found === undefined) return undefined;
  return found.slice(1).map((length, i) => size(length, `length ${i + 1} of the input's shape [${found.slice(1)}]`));
}

/** `[null, 8, 8, 3]`: lengths of all but the batch. */
function isShape(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 1 && value.length < 6 && !value.slice(1).includes(null);
}

function inputShapeOf(value: unknown): unknown {
  return isRecord(value) ? value.input_shape : undefined;
}

/**
 * Keras 3: `[{ args: [{ config: { keras_history: [name, …] } }] }]`; Keras 2, TensorFlow.js: `[[[name, 0, 0, {}]]]`.
 */
function sourcesOf(nodes: unknown, name: string): readonly string[] {
  if (!Array.isArray(nodes) || nodes.length === 0) return [];
  if (nodes.length > 1) throw new NablaError("keras/graph", `layer ${quoted(name)} is used ${nodes.length} times`);
  const [node] = nodes;
  const found: string[] = [];
  collect(isRecord(node) ? node.args : node, found, 0);
  return found;
}

function collect(value: unknown, into: string[], depth: number): void {
  if (depth > 6 || into.length > 100) return;
  if (isRecord(value)) collect(isRecord(value.config) ? value.config.keras_history : undefined, into, depth + 1);
  else if (Array.isArray(value) && typeof value[0] === "string") into.push(value[0]);
  else if (Array.isArray(value)) for (const item of value) collect(item, into, depth + 1);
}

/** From the input to the output, one layer after the other; an Add of a value and what happened to it is a step around. */
function walk(nodes: readonly Node[], config: JsonRecord): readonly KerasStep[] {
  const byName = new Map(nodes.map((node) => [node.layer.name, node]));
  const users = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const source of new Set(node.from)) users.set(source, [...(users.get(source) ?? []), node]);
  }
  const inputs: string[] = [];
  collect(config.input_layers, inputs, 0);
  const outputs: string[] = [];
  collect(config.output_layers, outputs, 0);
  const [input, output] = [inputs[0], outputs[0]];
  if (inputs.length !== 1 || outputs.length !== 1 || input === undefined || output === undefined)
    throw new NablaError(
      "keras/graph",
      `it has ${inputs.length} inputs and ${outputs.length} outputs, not one of each`,
    );
  if (!byName.has(input)) throw new NablaError("keras/graph", `there is no layer ${quoted(input)}`);
  let left = nodes.length;
  const follow = (from: string, first: Node | undefined, end: string): KerasStep[] => {
    const steps: KerasStep[] = [];
    let [here, next] = [from, first];
    while (here !== end) {
      if (--left < 0) throw new NablaError("keras/graph", "its layers form a cycle");
      const ways = next === undefined ? (users.get(here) ?? []) : [next];
      next = undefined;
      const sum =
        ways.length === 2 ? ways.find(({ layer, from }) => layer.className === "Add" && from.length === 2) : undefined;
      const inner = ways.find((way) => way !== sum);
      if (sum !== undefined && inner !== undefined) {
        const last = sum.from.find((name) => name !== here) ?? here;
        steps.push({ around: follow(here, inner, last) });
        here = sum.layer.name;
        continue;
      }
      const [way] = ways;
      if (ways.length !== 1 || way === undefined || way.from.length !== 1)
        throw new NablaError(
          "keras/graph",
          `layer ${quoted(here)} leads to ${ways.map(({ layer }) => `${layer.className} ${quoted(layer.name)}`).join(" and ") || "nothing"}; a chain of layers, and sums around some of them, can be read`,
        );
      steps.push(...stepsAt(way.layer));
      here = way.layer.name;
    }
    return steps;
  };
  return follow(input, undefined, output);
}
