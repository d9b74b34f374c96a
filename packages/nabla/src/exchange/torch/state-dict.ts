/** PyTorch's weights: what `torch.save(model.state_dict(), path)` writes since version 1.6, a zip archive around a pickle. */
import { allocate, type NdArray } from "../../array/ndarray.ts";
import { known, NablaError, withContext } from "../../base/error.ts";
import { count, listing } from "../../base/text.ts";
import { elementTypes, readElements } from "../element-type.ts";
import { quoted } from "../quoted.ts";
import { isZip, readZip, type Zip, type ZipOptions } from "../zip/zip.ts";
import { damaged } from "./calls.ts";
import { readPickle } from "./pickle.ts";
import { isTorchTensor, type PythonDict, type PythonValue, storageTypes, type TorchTensor } from "./values.ts";

/** Tensors under their names joined by dots, in the file's order. */
export interface StateDict {
  readonly tensors: ReadonlyMap<string, NdArray>;
  readonly notices: readonly string[];
}

/** Names under which a checkpoint stores its state dict next to the epoch, optimizer state and the like. */
const CHECKPOINT_NAMES: readonly string[] = [
  "state_dict",
  "model_state_dict",
  "model",
  "module",
  "net",
  "weights",
  "params",
];
const DEEPEST = 16;
const MOST_VALUES = 1_000_000;
// Tensors may share a storage, and one may repeat its numbers by a stride of 0; both only so far.
const MOST_REPEATED = 8;
const SMALL = 2 ** 20;

/**
 * The tensors of a `.pt` or `.pth` file. Its pickle is read as data: nothing in it is ever called. Memory stays in
 * proportion to the file. Throws `torch/{legacy,program,pickle,call,truncated,tensor,size,value,byte-order,no-tensors}`
 * and `zip/…`.
 */
export function readStateDict(bytes: Uint8Array, options: ZipOptions): StateDict {
  if (!isZip(bytes)) throw notZip(bytes);
  const zip = readZip(bytes, options);
  const pickle = zip.names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (zip.names.some((name) => /^[^/]+\/(constants\.pkl|code\/)/.test(name)))
    throw new NablaError(
      "torch/program",
      "the file is a TorchScript program, not a state dict",
      "save the weights alone: torch.save(model.state_dict(), path), or export to ONNX",
    );
  if (pickle === undefined) throw damaged("the archive holds no data.pkl");
  const root = pickle.slice(0, -"data.pkl".length);
  checkByteOrder(zip, root);
  const whole = readPickle(zip.read(pickle));
  if (!(whole instanceof Map)) throw noTensors("its content is no dictionary");
  const { dict, notices } = stateIn(whole);
  const found = tensorsIn(dict);
  if (found.size === 0) throw noTensors("its dictionary holds no tensor");
  const storages = new Map<string, Uint8Array>();
  const budget = { bytes: MOST_REPEATED * bytes.length + SMALL };
  const tensors = new Map<string, NdArray>();
  for (const [name, tensor] of found) {
    const { key } = tensor.storage;
    const stored = storages.get(key) ?? withContext(`tensor ${quoted(name)}`, () => zip.read(`${root}data/${key}`));
    storages.set(key, stored);
    tensors.set(
      name,
      withContext(`tensor ${quoted(name)}`, () => arrayOf(tensor, stored, budget)),
    );
  }
  return { tensors, notices };
}

function notZip(bytes: Uint8Array): NablaError {
  const legacy = bytes[0] === 0x80 && bytes[1] !== undefined && bytes[1] <= 5;
  return legacy
    ? new NablaError(
        "torch/legacy",
        "the file is in the format of PyTorch before 1.6, a bare pickle",
        "load it in PyTorch and save its state dict again, or save it as safetensors",
      )
    : new NablaError("torch/pickle", "the file is no zip archive, as PyTorch's files are since version 1.6");
}

function checkByteOrder(zip: Zip, root: string): void {
  const name = `${root}byteorder`;
  if (!zip.names.includes(name)) return;
  const order = String.fromCharCode(...zip.read(name).subarray(0, 20)).trim();
  if (order !== "little")
    throw new NablaError("torch/byte-order", `the file's numbers are stored ${quoted(order)} end first, not little`);
}

function noTensors(why: string): NablaError {
  return new NablaError(
    "torch/no-tensors",
    `the file is no state dict: ${why}`,
    "torch.save(model.state_dict(), path)",
  );
}

/** The state dict itself, or the one inside a checkpoint. */
function stateIn(whole: PythonDict): { readonly dict: PythonDict; readonly notices: readonly string[] } {
  for (const name of CHECKPOINT_NAMES) {
    const inner = whole.get(name);
    if (!(inner instanceof Map) || ![...inner.values()].some(isTorchTensor)) continue;
    const others = [...whole.keys()].filter((key) => key !== name).map((key) => quoted(String(key)));
    const rest = others.length > 5 ? [...others.slice(0, 4), count(others.length - 4, "other")] : others;
    return {
      dict: inner,
      notices: others.length === 0 ? [] : [`of a checkpoint, ${name} was read, not ${listing(rest)}`],
    };
  }
  return { dict: whole, notices: [] };
}

function tensorsIn(dict: PythonDict): ReadonlyMap<string, TorchTensor> {
  const found = new Map<string, TorchTensor>();
  let visited = 0;
  const visit = (value: PythonValue, path: string, depth: number): void => {
    if (++visited > MOST_VALUES || depth > DEEPEST) throw damaged("its dictionaries are nested without end");
    if (isTorchTensor(value)) found.set(path, value);
    else if (value instanceof Map)
      for (const [key, item] of value) visit(item, path === "" ? String(key) : `${path}.${key}`, depth + 1);
  };
  visit(dict, "", 0);
  return found;
}

function arrayOf(
  { storage, offset, shape, strides }: TorchTensor,
  stored: Uint8Array,
  budget: { bytes: number },
): NdArray {
  const type = elementTypes.get(storageTypes.get(storage.type) ?? "");
  if (type === undefined) throw damaged("a storage has no type");
  const length = Math.floor(stored.length / type.bytes);
  let elements = 1;
  let last = offset;
  for (const [axis, size] of shape.entries()) {
    elements *= size;
    last += (size - 1) * known(strides[axis], "a stride");
    if (elements * type.bytes > budget.bytes)
      throw new NablaError("torch/size", `its shape [${shape.join(", ")}] claims far more numbers than the file holds`);
  }
  if (elements > 0 && !(last < Math.min(length, storage.elements)))
    throw new NablaError(
      "torch/tensor",
      `it reaches to element ${last} of a storage of ${Math.min(length, storage.elements)}`,
    );
  budget.bytes -= Math.max(elements, last + 1 - offset) * type.bytes;
  if (budget.bytes < 0) throw new NablaError("torch/size", "the tensors repeat far more numbers than the file holds");
  if (elements === 0) return { dtype: type.dtype, shape, data: allocate(type.dtype, 0) };
  const { dtype, bytes } = type;
  const data = readElements(type, stored.subarray(offset * bytes, (last + 1) * bytes), last + 1 - offset, "torch");
  return isRowMajor({ shape, strides }) ? { dtype, shape, data } : gathered({ dtype, data }, { shape, strides });
}

function isRowMajor({ shape, strides }: Strided): boolean {
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== stride) return false;
    stride *= shape[axis] ?? 1;
  }
  return true;
}

interface Strided {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

function gathered({ dtype, data: span }: Omit<NdArray, "shape">, { shape, strides }: Strided): NdArray {
  const elements = shape.reduce((product, size) => product * size, 1);
  const data = allocate(dtype, elements);
  for (let i = 0; i < elements; i++) {
    let rest = i;
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      from += (rest % size) * known(strides[axis], "a stride");
      rest = Math.floor(rest / size);
    }
    data[i] = span[from] ?? 0;
  }
  return { dtype, shape, data };
}
