/** The files that Keras models come in: `.keras` (Keras 3, a zip archive) and `.h5` (Keras 2, and the legacy of 3). */
import type { NdArray } from "../../array/ndarray.ts";
import { NablaError } from "../../base/error.ts";
import { type ExchangedModel, type ImportedModel, modelToJson } from "../model-json.ts";
import { quoted } from "../quoted.ts";
import { decodeUtf8, encodeAsciiJson } from "../utf8.ts";
import { writeZip } from "../zip/write-zip.ts";
import { isZip, readZip, type ZipOptions } from "../zip/zip.ts";
import { arrayAt, groupAt, type Hdf5, type Hdf5Group, hdf5Group } from "./hdf5-tree.ts";
import type { KerasNode } from "./node.ts";
import { type KerasFile, readKerasModel } from "./read.ts";
import { parseRecord } from "./record.ts";
import { arraysByName, type StoredArrays } from "./weight-names.ts";
import { kerasNodes } from "./write.ts";

const CONFIG = "config.json";
const METADATA = "metadata.json";
const WEIGHTS = "model.weights.h5";
/** The version whose layout is written; any later one reads it. */
const KERAS_VERSION = "3.0.0";
const MOST_WEIGHTS = 100;
/** Where layers that have others inside store the arrays of those, in the order of all their arrays. */
const INNER = [
  ...["/cell", "/forward_layer/cell", "/backward_layer/cell"],
  ...["/query_dense", "/key_dense", "/value_dense", "/output_dense"],
] as const;

/**
 * The network of a `.keras` or `.h5` file. Throws `keras/{config,graph,layer,weights,shape,hdf5}` and `zip/…`; nothing in
 * the file is run (a Lambda layer is a layer that nabla lacks).
 */
export async function readKeras(
  bytes: Uint8Array,
  options: ZipOptions & { readonly hdf5: Hdf5 },
): Promise<ImportedModel> {
  if (!isZip(bytes)) return readLegacy(await options.hdf5.read(bytes));
  const zip = readZip(bytes, options);
  const metadata = zip.names.includes(METADATA) ? parseRecord(decodeUtf8(zip.read(METADATA)), METADATA) : {};
  const model = parseRecord(decodeUtf8(zip.read(CONFIG)), CONFIG);
  const root = await options.hdf5.read(zip.read(WEIGHTS));
  return readKerasModel({
    model,
    own: metadata.nabla,
    version: metadata.keras_version ?? KERAS_VERSION,
    arrays: ({ path }) => ["", ...INNER].flatMap((inner) => numberedArrays(groupAt(root, `${path}${inner}/vars`))),
  });
}

/** Keras 3 numbers a layer's arrays: 0, 1, … */
function numberedArrays(vars: Hdf5Group | undefined): readonly NdArray[] {
  const found: NdArray[] = [];
  for (let i = 0; i < MOST_WEIGHTS; i++) {
    const array = vars?.arrays.get(String(i));
    if (array === undefined) break;
    found.push(array);
  }
  return found;
}

/** Keras 2 stores the configuration in an attribute, and with each layer the names of its arrays in their order. */
function readLegacy(root: Hdf5Group): ImportedModel {
  const { model_config: config } = root.attributes;
  if (typeof config !== "string") {
    throw new NablaError(
      "keras/config",
      "the file holds weights without a model",
      "save the whole model in Keras: model.save(path)",
    );
  }
  const weights = groupAt(root, "model_weights");
  return readKerasModel({
    model: parseRecord(config, "model_config"),
    version: root.attributes.keras_version,
    ...namedArrays(weights),
  });
}

/** Arrays are stored in a group for each layer of the whole model; those of a model within it in that model's group. */
function namedArrays(weights: Hdf5Group | undefined): Pick<KerasFile, "arrays" | "unclaimed"> {
  const models = new Map<string, StoredArrays>();
  const storedAt = (place: string) => {
    const group = weights === undefined ? undefined : groupAt(weights, place);
    return group === undefined ? [] : arraysNamed(group, weightNames(group));
  };
  return {
    arrays: (layer) => {
      const [place] = layer.within;
      if (place === undefined) return storedAt(layer.name).map(([, array]) => array);
      const stored = models.get(place) ?? arraysByName(storedAt(place));
      models.set(place, stored);
      return stored.find(layer);
    },
    unclaimed: () => [...models.values()].flatMap((stored) => stored.unclaimed()),
  };
}

/** A long list of names is cut into several attributes: weight_names0, weight_names1, … */
function weightNames({ attributes }: Hdf5Group): readonly string[] {
  const parts = [
    attributes.weight_names,
    ...Array.from({ length: MOST_WEIGHTS }, (_, i) => attributes[`weight_names${i}`]),
  ];
  return parts.flatMap((names) => names ?? []);
}

function arraysNamed(group: Hdf5Group, names: readonly string[]): readonly (readonly [name: string, array: NdArray])[] {
  return names.map((name) => {
    const array = arrayAt(group, name);
    if (array === undefined) throw new NablaError("keras/weights", `its array ${quoted(name)} is missing in the file`);
    return [name, array];
  });
}

/**
 * A `.keras` file: the network with the softmax or sigmoid of its predictions, and scaling of images and of number
 * targets as Rescaling layers; the preparation of tables goes along in its metadata. Throws `keras/write`.
 */
export async function writeKeras(
  model: ExchangedModel,
  { hdf5, name }: { readonly hdf5: Hdf5; readonly name: string },
): Promise<Uint8Array> {
  const { config, nodes } = kerasNodes(model, { dialect: "keras", name });
  const owners = nodes.filter(({ operation }) => operation === undefined);
  const layers = new Map(owners.map(({ path, arrays }) => [path.replace("layers/", ""), layerGroup(arrays)]));
  const root = hdf5Group({
    groups: new Map([
      ["layers", hdf5Group({ groups: layers })],
      ["vars", hdf5Group({})],
    ]),
  });
  const metadata = { keras_version: KERAS_VERSION, nabla: modelToJson(model) };
  return writeZip(
    new Map([
      [METADATA, encodeAsciiJson(JSON.stringify(metadata))],
      [CONFIG, encodeAsciiJson(JSON.stringify(config))],
      [WEIGHTS, await hdf5.write(root)],
    ]),
  );
}

/** The arrays of a layer by their numbers; those of a layer inside of it, as "cell/kernel", in a group of its own. */
function layerGroup(arrays: KerasNode["arrays"]): Hdf5Group {
  const own = arrays.filter(([name]) => !name.includes("/"));
  const inner = new Map<string, (readonly [name: string, array: NdArray])[]>();
  for (const [name, array] of arrays) {
    const slash = name.indexOf("/");
    if (slash < 0) continue;
    const group = name.slice(0, slash);
    inner.set(group, [...(inner.get(group) ?? []), [name.slice(slash + 1), array]]);
  }
  const vars = hdf5Group({ arrays: new Map(own.map(([, array], i) => [String(i), array])) });
  const groups = [...inner].map(([name, below]) => [name, layerGroup(below)] as const);
  return hdf5Group({ groups: new Map([["vars", vars], ...groups]) });
}
