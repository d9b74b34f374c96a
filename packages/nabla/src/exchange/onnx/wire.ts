/** The protocol buffer wire format: fields of a message, each under a number. Fields outside the schema are dropped. */
import { NablaError } from "../../base/error.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";

/**
 * How a field is read: a whole number, a 32-bit float, text, bytes as they lie in the file, or a message. Repeated
 * numbers of tensors stay bytes (`chunks`), since only their type says how many there may be.
 */
export type ProtoKind = "int" | "float" | "text" | "bytes" | "chunks" | Schema;

/** One field: its number, its kind, and whether there are many. */
export interface ProtoField {
  readonly number: number;
  readonly kind: ProtoKind;
  readonly many: boolean;
}

/** The fields of a message by name. */
export interface Schema {
  readonly [name: string]: ProtoField;
}

/** A decoded message: fields by name; an absent one is undefined, an absent list empty. */
export type Message = { readonly [name: string]: unknown };

/** Numbers, texts and messages that one file may hold besides the numbers of tensors: far above any network's. */
const MOST_ITEMS = 1_000_000;

/** One field that is there once or not at all. */
export function one(number: number, kind: ProtoKind): ProtoField {
  return { number, kind, many: false };
}

/** One repeated field. */
export function many(number: number, kind: ProtoKind): ProtoField {
  return { number, kind, many: true };
}

function truncated(): NablaError {
  return new NablaError("onnx/truncated", "the file ends, or a part of it, in the middle of a value");
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  readonly end: number;
  readonly budget: { items: number };
  readonly plans: Map<Schema, Plan>;
}

/** A schema made ready: fields by number, and a message in which every list is empty. */
interface Plan {
  readonly fields: ReadonlyMap<number, { readonly name: string; readonly field: ProtoField }>;
  readonly empty: Message;
}

function planFor(schema: Schema): Plan {
  const entries = Object.entries(schema);
  return {
    fields: new Map(entries.map(([name, field]) => [field.number, { name, field }])),
    empty: Object.fromEntries(entries.flatMap(([name, field]) => (field.many ? [[name, []]] : []))),
  };
}

/** A whole number of up to 64 bits without a sign; beyond 2^53 the nearest float64. */
function varint(reader: Reader): number {
  let low = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    if (reader.at >= reader.end) throw truncated();
    const byte = reader.bytes[reader.at++] ?? 0;
    if (byte < 128) return low + byte * scale;
    low += (byte & 127) * scale;
    scale *= 128;
  }
  throw new NablaError("onnx/wire", "a number has more than 64 bits");
}

/** A whole number with its sign: negative ones take ten bytes, their complement to 2^64. */
function integer(reader: Reader): number {
  const start = reader.at;
  const value = varint(reader);
  if (reader.at - start < 10) return value;
  let wide = 0n;
  for (let i = 0; i < 10; i++) wide |= BigInt((reader.bytes[start + i] ?? 0) & 127) << BigInt(7 * i);
  return Number(BigInt.asIntN(64, wide));
}

function block(reader: Reader): Reader {
  const length = varint(reader);
  const end = reader.at + length;
  if (!(length >= 0) || end > reader.end) throw truncated();
  const inner = { ...reader, end };
  reader.at = end;
  return inner;
}

function fixed(reader: Reader, length: number): number {
  const at = reader.at;
  if (at + length > reader.end) throw truncated();
  reader.at += length;
  return at;
}

/** Reads a message. Throws `onnx/{wire,truncated,text,size}`. Nesting is as deep as the schema and no deeper. */
export function decode(schema: Schema, bytes: Uint8Array): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return message(schema, { bytes, view, at: 0, end: bytes.length, budget: { items: MOST_ITEMS }, plans: new Map() });
}

function message(schema: Schema, reader: Reader): Message {
  const plan = reader.plans.get(schema) ?? planFor(schema);
  reader.plans.set(schema, plan);
  const found: Record<string, unknown> = { ...plan.empty };
  while (reader.at < reader.end) {
    const tag = varint(reader);
    const [number, type] = [Math.floor(tag / 8), tag & 7];
    if (!(number >= 1 && number < 2 ** 29)) throw new NablaError("onnx/wire", `no field can have the number ${number}`);
    const known = plan.fields.get(number);
    if (known === undefined) skip(type, reader);
    else take(known.field, type, reader, (value) => put(found, known, value, plan));
  }
  return found;
}

/** A list starts as the one empty list of its schema, which many messages share, and is replaced at the first item. */
function put(
  into: Record<string, unknown>,
  { name, field }: { readonly name: string; readonly field: ProtoField },
  value: unknown,
  { empty }: Plan,
): void {
  if (!field.many) into[name] = value;
  else if (into[name] === empty[name]) into[name] = [value];
  else (into[name] as unknown[]).push(value);
}

function skip(type: number, reader: Reader): void {
  if (type === 0) varint(reader);
  else if (type === 1) fixed(reader, 8);
  else if (type === 2) block(reader);
  else if (type === 5) fixed(reader, 4);
  else throw new NablaError("onnx/wire", `a field has the wire type ${type}, which ONNX does not use`);
}

function take(
  { kind, many: repeated }: ProtoField,
  type: number,
  reader: Reader,
  give: (value: unknown) => void,
): void {
  const counted = (value: unknown): void => {
    if (--reader.budget.items < 0)
      throw new NablaError("onnx/size", "the file describes more parts than any network has");
    give(value);
  };
  const wrong = (): never => {
    throw new NablaError("onnx/wire", `a field has the wire type ${type}, which does not fit its meaning`);
  };
  if (kind === "chunks") {
    const start = reader.at;
    if (type === 2) {
      const { at, end } = block(reader);
      counted(reader.bytes.subarray(at, end));
    } else {
      skip(type, reader);
      counted(reader.bytes.subarray(start, reader.at));
    }
  } else if (kind === "int") {
    if (type === 0) counted(integer(reader));
    else if (type === 2 && repeated) {
      const inner = block(reader);
      while (inner.at < inner.end) counted(integer(inner));
    } else wrong();
  } else if (kind === "float") {
    if (type === 5) counted(reader.view.getFloat32(fixed(reader, 4), true));
    else if (type === 2 && repeated) {
      const inner = block(reader);
      while (inner.at < inner.end) counted(inner.view.getFloat32(fixed(inner, 4), true));
    } else wrong();
  } else if (type === 2) {
    const inner = block(reader);
    if (kind === "bytes") counted(inner.bytes.subarray(inner.at, inner.end));
    else if (kind === "text") counted(textOf(inner.bytes.subarray(inner.at, inner.end)));
    else counted(message(kind, inner));
  } else wrong();
}

function textOf(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new NablaError("onnx/text", "a name in the file is not UTF-8 text");
  return text;
}

/** Whole numbers of a packed field, exactly `count` of them, through `as`. Throws `onnx/{truncated,wire}`. */
export function* varints(chunks: readonly Uint8Array[], as: (wide: bigint) => number): Generator<number> {
  for (const bytes of chunks) {
    let wide = 0n;
    let shift = 0n;
    for (const byte of bytes) {
      wide |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (shift > 70n) throw new NablaError("onnx/wire", "a number has more than 64 bits");
      if (byte < 128) {
        yield as(wide);
        [wide, shift] = [0n, 0n];
      }
    }
    if (shift > 0n) throw truncated();
  }
}

/** Writes a message: the fields of the schema in their order, lists as many fields, numbers unpacked. */
export function encode(schema: Schema, value: Message): Uint8Array {
  const pieces = piecesOf(schema, value);
  const bytes = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

function piecesOf(schema: Schema, value: Message): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const [name, { number, kind, many: repeated }] of Object.entries(schema)) {
    const given = value[name];
    if (given === undefined) continue;
    for (const item of repeated ? (given as readonly unknown[]) : [given]) {
      const inner = contentOf(kind, item);
      const type = kind === "int" ? 0 : kind === "float" ? 5 : 2;
      pieces.push(Uint8Array.from(digits(number * 8 + type)));
      if (type === 2) pieces.push(Uint8Array.from(digits(lengthOf(inner))));
      for (const piece of inner) pieces.push(piece);
    }
  }
  return pieces;
}

function contentOf(kind: ProtoKind, item: unknown): readonly Uint8Array[] {
  if (kind === "int") return [Uint8Array.from(digits(item as number))];
  if (kind === "float") return [new Uint8Array(Float32Array.of(item as number).buffer)];
  if (kind === "text") return [encodeUtf8(item as string)];
  if (kind === "bytes" || kind === "chunks") return [item as Uint8Array];
  return piecesOf(kind, item as Message);
}

/** A whole number as the bytes of a varint; a negative one as its 64-bit complement. */
function* digits(value: number): Generator<number> {
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    yield Number(rest & 127n) | 128;
    rest >>= 7n;
  }
  yield Number(rest);
}
