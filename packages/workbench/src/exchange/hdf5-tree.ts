// no import of nabla's code: a thread that reads one file should not load a framework
/** HDF5 files as trees of groups, by the HDF5 library itself compiled to WebAssembly, which sees no file but the one it is given. */
import { Dataset, type Entity, File, FS, type Group as H5Group, ready } from "h5wasm";
import type { NdArray } from "nabla";
import type { Hdf5Group } from "nabla/exchange";

const PLACE = "model.h5";
const DEEPEST = 16;
const MOST_GROUPS = 100_000;
// What gzip can reach at most; data that were never written take no room in a file and are refused by this too.
const MOST_PACKED = 1032;
const LIMIT = 2 ** 31;
const FLOAT = 1;
const INTEGER = 0;
const TEXT = 3;

type Library = Awaited<typeof ready>;

interface Budget {
  readonly library: Library;
  bytes: number;
  groups: number;
}

/** The tree of an HDF5 file; non-numeric arrays are left out. Throws an Error with the reason. */
export async function readTree(bytes: Uint8Array): Promise<Hdf5Group> {
  // the library's own errors are thrown, and not printed
  const library = await ready;
  library.activate_throwing_error_handler();
  const files = filesystem();
  files.writeFile(PLACE, bytes);
  try {
    const file = new File(PLACE, "r");
    const tree = groupOf(file, { library, bytes: Math.min(LIMIT, MOST_PACKED * bytes.length), groups: MOST_GROUPS }, 0);
    file.close();
    return tree;
  } catch (error) {
    throw new Error(error instanceof Error ? reasonOf(error.message) : String(error), { cause: error });
  } finally {
    files.unlink(PLACE);
  }
}

/** The innermost of the library's reasons, which it lists from the outermost in. */
function reasonOf(message: string): string {
  const reasons = [...message.matchAll(/#\d+: .*?\(\): (.*)/g)];
  return reasons.at(-1)?.[1] ?? message.split("\n")[0] ?? message;
}

/** The bytes of an HDF5 file with these groups. */
export async function writeTree(root: Hdf5Group): Promise<Uint8Array> {
  await ready;
  const files = filesystem();
  const file = new File(PLACE, "w");
  fill(file, root);
  file.close();
  const bytes = files.readFile(PLACE);
  files.unlink(PLACE);
  return bytes;
}

function filesystem(): NonNullable<typeof FS> {
  if (FS !== null) return FS;
  throw new Error("internal: the HDF5 library has no files");
}

function groupOf(group: H5Group, budget: Budget, depth: number): Hdf5Group {
  budget.groups--;
  if (depth > DEEPEST || budget.groups < 0) throw new Error("its groups are nested endlessly");
  const groups = new Map<string, Hdf5Group>();
  const arrays = new Map<string, NdArray>();
  for (const name of group.keys()) {
    const found: Entity | null = group.get(name);
    if (found instanceof Dataset) {
      const array = arrayOf(found, budget);
      if (array !== undefined) arrays.set(name, array);
    } else if (found !== null && "keys" in found) groups.set(name, groupOf(found, budget, depth + 1));
  }
  return { attributes: attributesOf(group, budget), groups, arrays };
}

function attributesOf(group: H5Group, budget: Budget): Hdf5Group["attributes"] {
  const found: Record<string, string | readonly string[]> = {};
  for (const [name, attribute] of Object.entries(group.attrs)) {
    const { type, size, shape } = attribute.metadata;
    if (type !== TEXT) continue;
    spend(budget, size, shape ?? []);
    const { value } = attribute;
    if (typeof value === "string") found[name] = value;
    else if (Array.isArray(value)) found[name] = value.map(String);
  }
  return found;
}

function spend(budget: Budget, size: number, shape: readonly number[]): void {
  budget.bytes -= shape.reduce((product, length) => product * length, size);
  if (!(budget.bytes >= 0)) throw new Error(`an array [${shape.join(", ")}] claims far more than the file holds`);
}

function arrayOf(dataset: Dataset, budget: Budget): NdArray | undefined {
  const { type, size, shape } = dataset.metadata;
  if ((type !== FLOAT && type !== INTEGER) || shape === null) return undefined;
  spend(budget, size, shape);
  if (type === FLOAT && size === 2)
    return { dtype: "float32", shape, data: halves(rawBytes(dataset, shape, budget.library), shape) };
  const { value } = dataset;
  if (typeof value === "number") return { dtype: "float32", shape: [], data: Float32Array.of(value) };
  if (value instanceof Float32Array) return { dtype: "float32", shape, data: value };
  if (value instanceof Float64Array) return { dtype: "float64", shape, data: value };
  if (value instanceof Int32Array) return { dtype: "int32", shape, data: value };
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return { dtype: "float64", shape, data: Float64Array.from(value as unknown as ArrayLike<number>, Number) };
  return undefined;
}

/** Bytes of a type that the library reads and has no array for. */
function rawBytes({ file_id: file, path }: Dataset, shape: readonly number[], library: Library): Uint8Array {
  const bytes = shape.reduce((product, length) => product * length, 2);
  const place = library._malloc(Math.max(1, bytes));
  if (place === 0) throw new Error(`an array [${shape.join(", ")}] is larger than memory`);
  try {
    library.get_dataset_data(file, path, null, null, null, BigInt(place));
    return library.HEAPU8.slice(place, place + bytes);
  } finally {
    library._free(place);
  }
}

/** 16-bit floats: a sign, five bits of exponent, ten of fraction. */
function halves(bytes: Uint8Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, i) => {
    const word = view.getUint16(2 * i, true);
    const [sign, exponent, fraction] = [word >> 15 ? -1 : 1, (word >> 10) & 31, (word & 1023) / 1024];
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
  });
}

function fill(into: H5Group, { attributes, groups, arrays }: Hdf5Group): void {
  for (const [name, text] of Object.entries(attributes))
    into.create_attribute(name, typeof text === "string" ? text : [...text]);
  for (const [name, { data, shape }] of arrays) into.create_dataset({ name, data, shape: [...shape] });
  for (const [name, inner] of groups) fill(into.create_group(name), inner);
}
