/** How TensorFlow.js describes and stores one weight (tfjs-core/src/io/io_utils.ts). */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { NablaError } from "../../base/error.ts";
import { isRecord } from "../../base/value-type.ts";
import { type ElementType, elementTypes, readElements } from "../element-type.ts";
import { listFrom, numberFrom, recordFrom, textFrom } from "../keras/record.ts";
import { quoted } from "../quoted.ts";

/** An array of a manifest of TensorFlow.js. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Bytes in the file. */
  readonly bytes: number;
  /** How stored numbers become those meant; absent where they are the same. */
  readonly quantization?: { readonly type: ElementType; readonly scale: number; readonly min: number };
}

const types: Readonly<Record<string, string>> = {
  float32: "F32",
  int32: "I32",
  bool: "BOOL",
  uint8: "U8",
  uint16: "U16",
  float16: "F16",
};

function typeOf(name: unknown): ElementType {
  const type = typeof name === "string" && Object.hasOwn(types, name) ? elementTypes.get(types[name] ?? "") : undefined;
  if (type !== undefined) return type;
  throw new NablaError("tfjs/weights", `weights of the type ${quoted(String(name))} cannot be read`);
}

/** A weight's entry in `model.json`. Throws `tfjs/weights` and `keras/config`. */
export function weightOf(value: unknown, i: number): Weight {
  const { name, shape, dtype, quantization } = recordFrom(value, `weight ${i + 1}`);
  const lengths = listFrom(shape, `the shape of weight ${i + 1}`).map((length) =>
    numberFrom(length, `the shape of weight ${i + 1}`),
  );
  const quantized = isRecord(quantization)
    ? {
        type: typeOf(quantization.dtype),
        scale: numberFrom(quantization.scale ?? 1, "scale"),
        min: numberFrom(quantization.min ?? 0, "min"),
      }
    : undefined;
  const { bytes } = quantized?.type ?? typeOf(dtype);
  let elements = 1;
  for (const length of lengths) {
    elements *= length;
    if (!Number.isSafeInteger(elements * bytes) || !(Number.isInteger(length) && length >= 0) || lengths.length > 8)
      throw new NablaError("tfjs/weights", `weight ${i + 1} is of the shape [${lengths}], which is none`);
  }
  const found = {
    name: textFrom(name, `the name of weight ${i + 1}`),
    shape: lengths,
    dtype: String(dtype),
    bytes: elements * bytes,
  };
  return quantized === undefined ? found : { ...found, quantization: quantized };
}

/** The array of a weight, which starts where `bytes` do. Throws `tfjs/truncated` and `tfjs/value`. */
export function readWeight({ shape, dtype, bytes: size, quantization }: Weight, bytes: Uint8Array): NdArray {
  if (size > bytes.length)
    throw new NablaError("tfjs/truncated", `it takes ${size} bytes and the files hold ${bytes.length} more`);
  const type = quantization?.type ?? typeOf(dtype);
  const data = readElements(type, bytes.subarray(0, size), size / type.bytes, "tfjs");
  if (quantization === undefined || type === elementTypes.get("F16")) return ndarray(data, shape);
  const { scale, min } = quantization;
  return ndarray(
    Float32Array.from(data, (value) => value * scale + min),
    shape,
  );
}
