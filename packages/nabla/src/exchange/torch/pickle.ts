/**
 * Reads a pickle as data: a stack machine with Python's opcodes (pickletools.py) for numbers, texts and containers, and
 * with the few calls that make tensors. Anything else, as a call of another function, is refused by its name, unread.
 */
import { NablaError } from "../../base/error.ts";
import { decodeUtf8 } from "../utf8.ts";
import { damaged, dictionaryKey, knownName, made, storageOf } from "./calls.ts";
import { isName, isTuple, type PythonDict, type PythonValue } from "./values.ts";

/** The mark on the stack where a list of values starts. */
const MARK: unique symbol = Symbol("mark");
type Item = PythonValue | typeof MARK;

interface Machine {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly stack: Item[];
  readonly memo: Map<number, PythonValue>;
  at: number;
}

/** The value that a pickle of protocol 2 to 5 holds. Throws `torch/{truncated,pickle,call}`. */
export function readPickle(bytes: Uint8Array): PythonValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine: Machine = { bytes, view, stack: [], memo: new Map(), at: 0 };
  for (;;) {
    const code = unsigned(machine, 1);
    if (code === STOP) return pop(machine);
    const run = opcodes.get(code);
    if (run === undefined) throw unknownOpcode(code);
    run(machine);
  }
}

const STOP = 0x2e;

/** Opcodes that make objects or call functions other than by REDUCE: never part of a state dict. */
const calling: Readonly<Record<number, string>> = {
  105: "INST",
  111: "OBJ",
  129: "NEWOBJ",
  146: "NEWOBJ_EX",
  130: "EXT1",
  131: "EXT2",
  132: "EXT4",
};

function unknownOpcode(code: number): NablaError {
  const name = calling[code];
  if (name === undefined) return damaged(`it has the unknown instruction 0x${code.toString(16)}`);
  return new NablaError(
    "torch/call",
    `this file would make an object of a class (${name}), and only tensors and containers are read`,
    "save the weights alone: torch.save(model.state_dict(), path)",
  );
}

function take(machine: Machine, length: number): Uint8Array {
  const end = machine.at + length;
  if (!(end <= machine.bytes.length))
    throw new NablaError(
      "torch/truncated",
      `the pickle ends after ${machine.bytes.length} bytes, in the middle of a value`,
    );
  const taken = machine.bytes.subarray(machine.at, end);
  machine.at = end;
  return taken;
}

function unsigned(machine: Machine, width: 1 | 2 | 4 | 8): number {
  const from = machine.at;
  take(machine, width);
  if (width === 1) return machine.view.getUint8(from);
  if (width === 2) return machine.view.getUint16(from, true);
  return width === 4 ? machine.view.getUint32(from, true) : Number(machine.view.getBigUint64(from, true));
}

function text(machine: Machine, length: number): string {
  const found = decodeUtf8(take(machine, length));
  if (found === undefined) throw damaged("a text is not UTF-8");
  return found;
}

function line(machine: Machine): string {
  const end = machine.bytes.indexOf(0x0a, machine.at);
  if (end < 0 || end - machine.at > 1000) throw damaged("a line does not end");
  const found = text(machine, end - machine.at);
  machine.at++;
  return found;
}

/** A little-endian whole number in two's complement. */
function long(bytes: Uint8Array): number {
  if (bytes.length > 255) throw damaged("it holds a number of more than 2,040 bits");
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return Number(BigInt.asIntN(8 * bytes.length, value));
}

function pop(machine: Machine): PythonValue {
  const item = machine.stack.pop();
  if (item === undefined || item === MARK) throw damaged("a value is missing");
  return item;
}

/** The values since the last mark, which goes. */
function popMarked(machine: Machine): PythonValue[] {
  const from = machine.stack.lastIndexOf(MARK);
  if (from < 0) throw damaged("a list has no beginning");
  return machine.stack.splice(from).slice(1) as PythonValue[];
}

function top(machine: Machine): PythonValue {
  const item = machine.stack.at(-1);
  if (item === undefined || item === MARK) throw damaged("a value is missing");
  return item;
}

function extend(machine: Machine, items: readonly PythonValue[]): void {
  const list = top(machine);
  if (!Array.isArray(list)) throw damaged("values are added to something that is no list");
  for (const item of items) list.push(item);
}

function setItems(machine: Machine, items: readonly PythonValue[]): void {
  const dict = top(machine);
  if (!(dict instanceof Map)) throw damaged("entries are added to something that is no dictionary");
  put(dict, items);
}

function put(dict: PythonDict, items: readonly PythonValue[]): PythonDict {
  for (let i = 0; i + 1 < items.length; i += 2) dict.set(dictionaryKey(items[i]), items[i + 1] ?? null);
  return dict;
}

function reduce(machine: Machine): void {
  const args = pop(machine);
  const name = pop(machine);
  if (!isName(name) || !isTuple(args)) throw damaged("a call has no name or no arguments");
  machine.stack.push(made(name.name, args.items));
}

/** Attributes of a dictionary, as a state dict's versions, are not needed; nothing else has any. */
function build(machine: Machine): void {
  pop(machine);
  if (!(top(machine) instanceof Map)) throw damaged("attributes are set on something that is no dictionary");
}

function recall(machine: Machine, index: number): void {
  const found = machine.memo.get(index);
  if (found === undefined) throw damaged("it refers to a value that was not kept");
  machine.stack.push(found);
}

const push =
  (read: (machine: Machine) => PythonValue) =>
  (machine: Machine): void => {
    machine.stack.push(read(machine));
  };
const tuple = (items: readonly PythonValue[]): PythonValue => ({ is: "tuple", items });
const popped = (machine: Machine, count: number): PythonValue[] =>
  Array.from({ length: count }, () => pop(machine)).reverse();

const opcodes: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  [0x80, (machine) => void unsigned(machine, 1)], // PROTO
  [0x95, (machine) => void unsigned(machine, 8)], // FRAME
  [0x28, ({ stack }) => void stack.push(MARK)],
  [0x30, (machine) => void machine.stack.pop()], // POP
  [0x31, (machine) => void popMarked(machine)], // POP_MARK
  [0x32, push(top)], // DUP
  [0x4e, push(() => null)],
  [0x88, push(() => true)],
  [0x89, push(() => false)],
  [0x4a, push((machine) => unsigned(machine, 4) | 0)], // BININT
  [0x4b, push((machine) => unsigned(machine, 1))], // BININT1
  [0x4d, push((machine) => unsigned(machine, 2))], // BININT2
  [0x8a, push((machine) => long(take(machine, unsigned(machine, 1))))], // LONG1
  [0x8b, push((machine) => long(take(machine, unsigned(machine, 4))))], // LONG4
  [
    0x47, // BINFLOAT, the one big-endian value
    push((machine) => {
      const { byteOffset, byteLength, buffer } = take(machine, 8);
      return new DataView(buffer, byteOffset, byteLength).getFloat64(0);
    }),
  ],
  [0x58, push((machine) => text(machine, unsigned(machine, 4)))], // BINUNICODE
  [0x8c, push((machine) => text(machine, unsigned(machine, 1)))], // SHORT_BINUNICODE
  [0x8d, push((machine) => text(machine, unsigned(machine, 8)))], // BINUNICODE8
  [0x55, push((machine) => text(machine, unsigned(machine, 1)))], // SHORT_BINSTRING
  [0x54, push((machine) => text(machine, unsigned(machine, 4)))], // BINSTRING
  [0x43, push((machine) => take(machine, unsigned(machine, 1)))], // SHORT_BINBYTES
  [0x42, push((machine) => take(machine, unsigned(machine, 4)))], // BINBYTES
  [0x29, push(() => tuple([]))],
  [0x85, push((machine) => tuple(popped(machine, 1)))],
  [0x86, push((machine) => tuple(popped(machine, 2)))],
  [0x87, push((machine) => tuple(popped(machine, 3)))],
  [0x74, push((machine) => tuple(popMarked(machine)))],
  [0x5d, push(() => [])],
  [0x6c, push(popMarked)],
  [0x61, (machine) => extend(machine, popped(machine, 1))], // APPEND
  [0x65, (machine) => extend(machine, popMarked(machine))], // APPENDS
  [0x7d, push(() => new Map())],
  [0x64, push((machine) => put(new Map(), popMarked(machine)))],
  [0x73, (machine) => setItems(machine, popped(machine, 2))], // SETITEM
  [0x75, (machine) => setItems(machine, popMarked(machine))], // SETITEMS
  [0x71, (machine) => void machine.memo.set(unsigned(machine, 1), top(machine))], // BINPUT
  [0x72, (machine) => void machine.memo.set(unsigned(machine, 4), top(machine))], // LONG_BINPUT
  [0x94, (machine) => void machine.memo.set(machine.memo.size, top(machine))], // MEMOIZE
  [0x68, (machine) => recall(machine, unsigned(machine, 1))], // BINGET
  [0x6a, (machine) => recall(machine, unsigned(machine, 4))], // LONG_BINGET
  [0x63, push((machine) => knownName(line(machine), line(machine)))], // GLOBAL
  [
    0x93, // STACK_GLOBAL
    push((machine) => {
      const [module, name] = popped(machine, 2);
      return knownName(String(module), String(name));
    }),
  ],
  [0x52, reduce],
  [0x62, build],
  [0x51, push((machine) => storageOf(pop(machine)))], // BINPERSID
]);
