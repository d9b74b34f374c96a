/** TensorFlow.js layers models: `model.json` with a Keras configuration and a list of weights, and files of their bytes. */
import type { NdArray } from "../../array/ndarray.ts";
import { NablaError, withContext } from "../../base/error.ts";
import { listing } from "../../base/text.ts";
import { isRecord } from "../../base/value-type.ts";
import { readKerasModel } from "../keras/read.ts";
import { type JsonRecord, listFrom, parseRecord, recordFrom } from "../keras/record.ts";
import { arraysByName } from "../keras/weight-names.ts";
import { kerasNodes } from "../keras/write.ts";
import { type ExchangedModel, type ImportedModel, modelToJson } from "../model-json.ts";
import { quoted } from "../quoted.ts";
import { decodeUtf8, encodeAsciiJson } from "../utf8.ts";
import { readWeight, type Weight, weightOf } from "./weights.ts";

/** The file of the model, and the one of its weights. */
const MODEL = "model.json";
const SHARD = "group1-shard1of1.bin";

/** Returns the bytes of a file that `model.json` names, in the same folder. */
export type ReadShard = (name: string) => Promise<Uint8Array>;

/**
 * The network of a TensorFlow.js layers model; quantized weights become float32. A file name that leaves the folder is
 * refused. Throws `tfjs/{format,shard,weights,truncated,surplus}` and `keras/…`, whose configuration it shares.
 */
export async function readTfjs(bytes: Uint8Array, shard: ReadShard): Promise<ImportedModel> {
  const file = parseRecord(decodeUtf8(bytes), MODEL);
  const topology = recordFrom(file.modelTopology, "modelTopology");
  const model = isRecord(topology.model_config) ? topology.model_config : topology;
  if (file.format === "graph-model" || topology.node !== undefined) {
    throw new NablaError(
      "tfjs/format",
      "the file is a graph model, whose layers are lost",
      "convert the Keras model with --output_format=tfjs_layers_model, or import an ONNX file",
    );
  }
  const weights = new Map<string, NdArray>();
  for (const part of listFrom(file.weightsManifest, "weightsManifest"))
    await readGroup(recordFrom(part, "a part of weightsManifest"), shard, weights);
  const own = isRecord(file.userDefinedMetadata) ? file.userDefinedMetadata.nabla : undefined;
  const { find, unclaimed } = arraysByName(weights);
  return readKerasModel({ model, own, arrays: find, unclaimed });
}

async function readGroup(group: JsonRecord, shard: ReadShard, into: Map<string, NdArray>): Promise<void> {
  const names = listFrom(group.paths, "paths of weights").map((path) => plainName(path));
  const described = listFrom(group.weights, "a list of weights").map((weight, i) => weightOf(weight, i));
  const parts: Uint8Array[] = [];
  for (const name of names) parts.push(await shard(name));
  const bytes = joined(parts);
  let at = 0;
  for (const weight of described) {
    if (into.has(weight.name))
      throw new NablaError("tfjs/weights", `the weight ${quoted(weight.name)} is described twice`);
    into.set(
      weight.name,
      withContext(`weight ${quoted(weight.name)}`, () => readWeight(weight, bytes.subarray(at))),
    );
    at += weight.bytes;
  }
  if (at === bytes.length) return;
  const message = `the files ${listing(names.map(quoted))} hold ${bytes.length} bytes, and the weights that ${MODEL} describes take ${at}`;
  throw new NablaError("tfjs/surplus", message, "the files belong to another model, or were joined to something else");
}

/** A name without a path, "./" before it aside, as browsers write it: whoever made the file does not choose what else is read. */
function plainName(path: unknown): string {
  const name = typeof path === "string" ? path.replace(/^(?:\.\/)+/, "") : "";
  if (/^[^/\\:\0]+$/.test(name) && name !== ".." && name !== ".") return name;
  throw new NablaError("tfjs/shard", `the weights lie in ${quoted(String(path))}, which is no file beside ${MODEL}`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The files of a TensorFlow.js model: `tf.loadLayersModel` opens the first. Throws `keras/write`. */
export function writeTfjs(model: ExchangedModel, name: string): ReadonlyMap<string, Uint8Array> {
  const { config, nodes } = kerasNodes(model, { dialect: "tfjs", name });
  const arrays = nodes.flatMap((node) =>
    node.arrays.map(([weight, array]) => [`${node.name}/${weight}`, array] as const),
  );
  const weights = arrays.map(([name, { shape, dtype }]): Omit<Weight, "bytes"> => ({ name, shape, dtype }));
  const description = {
    format: "layers-model",
    generatedBy: "nabla",
    convertedBy: null,
    modelTopology: config,
    weightsManifest: [{ paths: [SHARD], weights }],
    userDefinedMetadata: { nabla: modelToJson(model) },
  };
  const bytes = joined(arrays.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
  return new Map([
    [MODEL, encodeAsciiJson(JSON.stringify(description))],
    [SHARD, bytes],
  ]);
}
