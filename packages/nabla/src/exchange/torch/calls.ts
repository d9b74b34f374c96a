/** The few names that a state dict refers to, and what they make. Nothing is looked up or called by name beyond this table. */
import { NablaError } from "../../base/error.ts";
import { quoted } from "../quoted.ts";
import { isStorage, isTorchTensor, isTuple, type PythonValue, storageTypes, type TorchStorage } from "./values.ts";

type Make = (args: readonly PythonValue[]) => PythonValue;

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, metadata=None) */
const rebuildTensor: Make = ([storage, offset, size, stride]) => {
  const [shape, strides] = [counts(size), counts(stride)];
  if (!isStorage(storage) || !isCount(offset) || shape === undefined || strides?.length !== shape.length)
    throw damaged("a tensor is not described by a storage, an offset, sizes and strides");
  return { is: "tensor", storage, offset, shape, strides };
};

const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_tensor", rebuildTensor],
  [
    "torch._utils._rebuild_parameter",
    ([tensor]) => {
      if (isTorchTensor(tensor)) return tensor;
      throw damaged("a parameter holds no tensor");
    },
  ],
  ["collections.OrderedDict", ([pairs]) => new Map(pairsOf(pairs))],
  [
    "torch.Size",
    ([sizes]) => {
      if (isTuple(sizes)) return sizes;
      throw damaged("a torch.Size holds no tuple");
    },
  ],
  ["torch.device", ([kind]) => (typeof kind === "string" ? kind : null)],
]);

/** The name, if it is one of those that a state dict needs. Throws `torch/call`, naming what would be called. */
export function knownName(module: string, name: string): PythonValue {
  const full = `${module}.${name}`;
  if (makers.has(full) || (module === "torch" && storageTypes.has(name))) return { is: "name", name: full };
  const known = full.replace(/^__builtin__\.|^builtins\./, "Python's ");
  throw new NablaError(
    "torch/call",
    `this file would call ${known.length > 80 ? quoted(known) : known}, and only tensors and containers are read`,
    module.startsWith("torch") || module === "__main__"
      ? "save the weights alone: torch.save(model.state_dict(), path)"
      : "do not load it elsewhere unless you trust who made it; ask for a safetensors file",
  );
}

/** What a known name makes of arguments. Throws `torch/pickle`. */
export function made(name: string, args: readonly PythonValue[]): PythonValue {
  const make = makers.get(name);
  if (make === undefined) throw damaged(`${name} is a type of storage and makes nothing`);
  return make(args);
}

/** The storage that a persistent id refers to: ("storage", type, key, device, elements). Throws `torch/pickle`. */
export function storageOf(id: PythonValue | undefined): TorchStorage {
  const [word, type, key, , elements] = isTuple(id) ? id.items : [];
  const name = typeof type === "object" && type !== null && "is" in type && type.is === "name" ? type.name : "";
  const known = name.startsWith("torch.") && storageTypes.has(name.slice(6));
  if (word !== "storage" || !known || typeof key !== "string" || !isCount(elements))
    throw damaged("a storage is not described by its type, key and length");
  return { is: "storage", type: name.slice(6), key, elements };
}

/** The error of a file that does not hold what it should. */
export function damaged(why: string): NablaError {
  return new NablaError("torch/pickle", `the file is damaged: ${why}`);
}

function isCount(value: PythonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function counts(value: PythonValue | undefined): readonly number[] | undefined {
  return isTuple(value) && value.items.length <= 64 && value.items.every(isCount) ? value.items : undefined;
}

function pairsOf(value: PythonValue | undefined): [string | number | boolean, PythonValue][] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw damaged("an OrderedDict is made of something else than pairs");
  return value.map((pair) => {
    const [key, item] = Array.isArray(pair) ? pair : isTuple(pair) ? pair.items : [];
    if (item === undefined) throw damaged("an OrderedDict is made of something else than pairs");
    return [dictionaryKey(key), item];
  });
}

/** A dictionary's key: a text or a number. Throws `torch/pickle`. */
export function dictionaryKey(value: PythonValue | undefined): string | number | boolean {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw damaged("a dictionary has a key that is no text or number");
}
