/** What a pickle of a state dict can be made of. */

/** A storage by its key, and the type of its elements as PyTorch names it. */
export interface TorchStorage {
  readonly is: "storage";
  readonly type: string;
  readonly key: string;
  readonly elements: number;
}

/** A tensor before its numbers are read: a view of a storage. */
export interface TorchTensor {
  readonly is: "tensor";
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A name that the pickle refers to, as `torch._utils._rebuild_tensor_v2`: one of those that are known. */
export interface Known {
  readonly is: "name";
  readonly name: string;
}

/** A tuple of Python. */
export type PythonTuple = { readonly is: "tuple"; readonly items: readonly PythonValue[] };
/** A dict of Python. */
export type PythonDict = Map<string | number | boolean, PythonValue>;
/** What a pickle of a state dict may hold. */
export type PythonValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PythonValue[]
  | PythonDict
  | PythonTuple
  | TorchStorage
  | TorchTensor
  | Known;

/** The element type of each of PyTorch's storages, by its safetensors name. */
export const storageTypes: ReadonlyMap<string, string> = new Map([
  ["FloatStorage", "F32"],
  ["DoubleStorage", "F64"],
  ["HalfStorage", "F16"],
  ["BFloat16Storage", "BF16"],
  ["LongStorage", "I64"],
  ["IntStorage", "I32"],
  ["ShortStorage", "I16"],
  ["CharStorage", "I8"],
  ["ByteStorage", "U8"],
  ["BoolStorage", "BOOL"],
]);

/** Whether a value is a tuple. */
export function isTuple(value: PythonValue | undefined): value is PythonTuple {
  return typeof value === "object" && value !== null && "is" in value && value.is === "tuple";
}

/** Whether a value is a tensor. */
export function isTorchTensor(value: PythonValue | undefined): value is TorchTensor {
  return typeof value === "object" && value !== null && "is" in value && value.is === "tensor";
}

/** Whether a value is the memory of tensors. */
export function isStorage(value: PythonValue | undefined): value is TorchStorage {
  return typeof value === "object" && value !== null && "is" in value && value.is === "storage";
}

/** Whether a value is a known name of Python. */
export function isName(value: PythonValue | undefined): value is Known {
  return typeof value === "object" && value !== null && "is" in value && value.is === "name";
}
