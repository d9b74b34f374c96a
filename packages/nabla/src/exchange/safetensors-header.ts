import { NablaError } from "../base/error.ts";
import { type ElementType, elementTypes } from "./element-type.ts";
import { quoted } from "./quoted.ts";
import { decodeUtf8 } from "./utf8.ts";

/** One tensor as the header describes it; `begin` and `end` count bytes from the start of the data. */
export interface TensorEntry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly begin: number;
  readonly end: number;
}

/** The contents of a header, tensors in its own order. */
export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The name under which a header carries its metadata; no tensor can have it. */
export const metadataName = "__metadata__";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Reads the header's JSON. Throws `safetensors/{header,duplicate,metadata,dtype,shape,offsets}`. */
export function parseHeader(bytes: Uint8Array): Header {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new NablaError("safetensors/header", "the header is not UTF-8 text");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new NablaError("safetensors/header", "the header is not valid JSON");
  }
  if (!text.startsWith("{") || !isRecord(parsed))
    throw new NablaError("safetensors/header", "the header is not a JSON object");
  const entries: TensorEntry[] = [];
  const seen = new Set<string>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const name of topNames(text)) {
    if (seen.has(name)) throw new NablaError("safetensors/duplicate", `the header names ${quoted(name)} twice`);
    seen.add(name);
    if (name === metadataName) metadata = metadataFrom(parsed[name]);
    else entries.push(entryFrom(name, parsed[name]));
  }
  return { entries, metadata };
}

function metadataFrom(value: unknown): Readonly<Record<string, string>> {
  if (isRecord(value) && Object.values(value).every((text) => typeof text === "string"))
    return value as Record<string, string>;
  throw new NablaError("safetensors/metadata", "__metadata__ is not an object of texts");
}

function entryFrom(name: string, value: unknown): TensorEntry {
  if (!isRecord(value))
    throw new NablaError("safetensors/header", `tensor ${quoted(name)} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const type = typeof dtype === "string" ? elementTypes.get(dtype) : undefined;
  if (type === undefined) {
    const message = typeof dtype === "string" ? quoted(dtype) : "no text";
    throw new NablaError(
      "safetensors/dtype",
      `tensor ${quoted(name)} has the dtype ${message}, which cannot be read`,
      `known: ${[...elementTypes.keys()].join(", ")}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new NablaError(
      "safetensors/shape",
      `the shape of tensor ${quoted(name)} is not a list of whole numbers from 0`,
    );
  }
  // Checked before the next factor comes, so that a later zero cannot mask an overflow.
  let elements = 1;
  for (const length of shape) {
    elements *= length;
    if (!isCount(elements * type.bytes))
      throw new NablaError("safetensors/shape", `tensor ${quoted(name)} would hold more than 2^53 bytes`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new NablaError(
      "safetensors/offsets",
      `data_offsets of tensor ${quoted(name)} are not two whole numbers from 0`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== elements * type.bytes) {
    throw new NablaError(
      "safetensors/shape",
      `tensor ${quoted(name)} takes ${elements * type.bytes} bytes by its shape and ${end - begin} by its offsets`,
    );
  }
  return { name, type, shape, elements, begin, end };
}

/** The names of a valid JSON object as its text gives them: in order, repeated ones too, which `JSON.parse` drops. */
function* topNames(text: string): Generator<string> {
  let depth = 0;
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') {
      const start = at;
      for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (isName) yield JSON.parse(text.slice(start, at + 1)) as string;
      isName = false;
    } else if (sign === "{" || sign === "[") isName = ++depth === 1;
    else if (sign === "}" || sign === "]") depth--;
    else if (sign === ",") isName = depth === 1;
  }
}
