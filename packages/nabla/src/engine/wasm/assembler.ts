import { BYTES, WIDE_BYTES } from "../loop.ts";
import { Bytes } from "./bytes.ts";
import { DOUBLES, type ElementNames, type FunctionOptions, SINGLES } from "./elements.ts";
import { floatBits } from "./float-bits.ts";
import { encodeFunction } from "./function-bytes.ts";
import { CONVERSIONS, LOAD_LANES, LOADS, OPCODES, STORE_LANES, STORES } from "./opcodes.ts";
import type {
  Callable,
  F64,
  I32,
  I64,
  Instruction,
  Label,
  Local,
  Signatures,
  Token,
  TypeName,
  V128,
} from "./tokens.ts";

const VOID = 0x40;
const END = 0x0b;

/**
 * Emits the body of one function. Arguments are evaluated before a call, from left to right, which is just the order in
 * which a stack machine wants its operands. So `f.op("f32x4.mul", f.get(x), f.get(y))` emits both reads and then the
 * product, and the token that it returns may stand as an operand in turn. Writing the same token twice, or keeping it
 * for later, would be wrong: what is needed twice goes into a local.
 *
 * @example
 * const f = new FunctionBuilder();
 * const address = f.parameter("i32");
 * f.store("v128.store", f.get(address), f.op("f32x4.sqrt", f.load("v128.load", f.get(address))));
 */
export class FunctionBuilder {
  readonly fused: boolean;
  readonly joinable: boolean;
  /** Instructions on the elements of vectors. */
  readonly names: ElementNames;
  /** Bytes of an element, and elements of a vector. */
  readonly bytes: number;
  readonly width: number;
  readonly parameters: TypeName[] = [];
  readonly #locals: TypeName[] = [];
  readonly #prologue = new Bytes(64);
  readonly #body = new Bytes(1024);
  readonly #constants = new Map<number | string, Local<"v128">>();
  readonly #temporaries = new Set<number>();
  #written: Set<number> | undefined;
  #depth = 0;
  #result: TypeName | undefined;

  constructor({ fused = false, wide = false, joinable = true }: FunctionOptions = {}) {
    this.fused = fused;
    this.joinable = joinable;
    this.names = wide ? DOUBLES : SINGLES;
    this.bytes = wide ? WIDE_BYTES : BYTES;
    this.width = 16 / this.bytes;
  }

  get result(): TypeName | undefined {
    return this.#result;
  }

  /** Declares the next parameter; all parameters come before the first local. */
  parameter<Name extends TypeName>(type: Name): Local<Name> {
    this.parameters.push(type);
    return { index: this.parameters.length - 1, type };
  }

  /** Declares the result; the last value left on the stack is what the function returns. */
  returns(type: TypeName): void {
    this.#result = type;
  }

  local<Name extends TypeName>(type: Name): Local<Name> {
    const local = this.#declare(type);
    if (this.#written !== undefined && type === "v128") this.#temporaries.add(local.index);
    return local;
  }

  #declare<Name extends TypeName>(type: Name): Local<Name> {
    this.#locals.push(type);
    return { index: this.parameters.length + this.#locals.length - 1, type };
  }

  /**
   * Emits a body after which no vector local that was declared in one holds a value. Without this a host would carry their
   * values through the loop around it, and its revectorizer counts what it carries against joining them.
   */
  temporaries(body: () => void): void {
    const outer = this.#written;
    const written = new Set<number>();
    this.#written = written;
    body();
    this.#written = outer;
    for (const index of written) this.set({ index, type: "v128" }, this.splatBits(0));
  }

  /** A new local that is set to a value. */
  keep<Name extends TypeName>(type: Name, value: Token<Name>): Local<Name> {
    const local = this.local(type);
    this.set(local, value);
    return local;
  }

  get<Name extends TypeName>(local: Local<Name>): Token<Name> {
    this.#body.push(0x20);
    this.#body.unsigned(local.index);
    return token();
  }

  set<Name extends TypeName>(local: Local<Name>, _value: Token<Name>): void {
    if (this.#temporaries.has(local.index)) this.#written?.add(local.index);
    this.#body.push(0x21);
    this.#body.unsigned(local.index);
  }

  /** The value of an imported number. */
  global(index: number): I32 {
    this.#body.push(0x23);
    this.#body.unsigned(index);
    return token();
  }

  /** Sets a local and leaves the value on the stack. */
  tee<Name extends TypeName>(local: Local<Name>, _value: Token<Name>): Token<Name> {
    this.#body.push(0x22);
    this.#body.unsigned(local.index);
    return token();
  }

  /** Emits a plain instruction. Its operands are on the stack by then, so the emitted code needs only the name. */
  op<Name extends Instruction>(name: Name, ...operands: Parameters<Signatures[Name]>): ReturnType<Signatures[Name]>;
  op(name: Instruction): unknown {
    this.#code(OPCODES[name]);
    return undefined;
  }

  i32(value: number): I32 {
    this.#body.push(0x41);
    this.#body.signed(value);
    return token();
  }

  i64(value: bigint): I64 {
    this.#body.push(0x42);
    this.#body.signedLong(value);
    return token();
  }

  f64(value: number): F64 {
    this.#body.push(0x44);
    const words = new Uint32Array(new Float64Array([value]).buffer);
    for (const word of words) this.#body.word(word);
    return token();
  }

  /** A local with four lanes of the same 32 bits, set up once. */
  constantLocal(bits: number): Local<"v128"> {
    return this.#constantLocal(bits | 0, bits, bits, bits, bits);
  }

  /**
   * Four lanes of one float32. Constants are set up once, at the function's start, so that loops need not build them.
   */
  splat(value: number): V128 {
    return this.get(this.constantNumber(value));
  }

  /** A local with a number in every element, set up once. */
  constantNumber(value: number): Local<"v128"> {
    return this.bytes === BYTES ? this.constantLocal(floatBits(value)) : this.#constantDouble(value);
  }

  /** Four lanes of one 32-bit integer, set up once. */
  splatBits(bits: number): V128 {
    return this.get(this.constantLocal(bits));
  }

  /** Two lanes of one float64, set up once. */
  splatDouble(value: number): V128 {
    return this.get(this.#constantDouble(value));
  }

  /** Four 32-bit integers as one vector, set up once. */
  lanes(a: number, b: number, c: number, d: number): V128 {
    return this.get(this.#constantLocal(`${a} ${b} ${c} ${d}`, a, b, c, d));
  }

  /** The vector of zeros, which is cheaper to create than to keep in a local. */
  zero(): V128 {
    this.#code(0x100c);
    for (let i = 0; i < 4; i++) this.#body.word(0);
    return token();
  }

  /** Four copies of a scalar. */
  splatOf(_value: I32): V128 {
    this.#code(0x1011);
    return token();
  }

  /** The 32-bit lanes numbered in `order`: 0 to 3 are those of `x`, 4 to 7 those of `y`. */
  shuffle(_x: V128, _y: V128, order: readonly [number, number, number, number]): V128 {
    this.#code(0x100d);
    for (const lane of order) for (let byte = 0; byte < 4; byte++) this.#body.push(lane * 4 + byte);
    return token();
  }

  extractI32(_x: V128, lane: number): I32 {
    this.#code(0x101b);
    this.#body.push(lane);
    return token();
  }

  /** Both lanes of a scalar. */
  splatOfF64(_value: F64): V128 {
    this.#code(0x1014);
    return token();
  }

  extractF64(_x: V128, lane: number): F64 {
    this.#code(0x1021);
    this.#body.push(lane);
    return token();
  }

  replaceF64(_x: V128, _value: F64, lane: number): V128 {
    this.#code(0x1022);
    this.#body.push(lane);
    return token();
  }

  convert(name: "i64_extend", value: I32): I64;
  convert(name: "f64_convert_i64", value: I64): F64;
  convert(name: "f64_convert_i32", value: I32): F64;
  convert(name: "i32_trunc_f64", value: F64): I32;
  convert<Result extends TypeName>(name: keyof typeof CONVERSIONS, _value: Token<TypeName>): Token<Result> {
    this.#body.push(CONVERSIONS[name]);
    return token();
  }

  /** x * y + z. Takes `z` as a function since it comes after the product where there is no fused instruction. */
  multiplyAdd(_x: V128, _y: V128, z: () => V128): V128 {
    if (!this.fused) this.#code(OPCODES[`${this.names.type}.mul`]);
    z();
    this.#code(OPCODES[`${this.names.type}.${this.fused ? "relaxed_madd" : "add"}`]);
    return token();
  }

  /** `yes` where `condition` is not zero, else `no`. */
  select<Name extends TypeName>(yes: Token<Name>, _no: Token<Name>, _condition: I32): Token<Name> {
    this.#body.push(0x1b);
    return yes;
  }

  load<Name extends keyof typeof LOADS>(name: Name, _address: I32, offset = 0): Token<TypeOf<Name>> {
    this.#code(LOADS[name]);
    this.#memory(offset);
    return token();
  }

  store<Name extends keyof typeof STORES>(name: Name, _address: I32, _value: Token<TypeOf<Name>>, offset = 0): void {
    this.#code(STORES[name]);
    this.#memory(offset);
  }

  /** Loads one lane of 32 or 64 bits; the other lanes are those of `vector`. */
  loadLane(name: keyof typeof LOAD_LANES, _address: I32, _vector: V128, at: { lane: number; offset?: number }): V128 {
    this.#code(LOAD_LANES[name]);
    this.#memory(at.offset ?? 0);
    this.#body.push(at.lane);
    return token();
  }

  /** Stores one lane of 32 or 64 bits. */
  storeLane(name: keyof typeof STORE_LANES, _address: I32, _vector: V128, at: { lane: number; offset?: number }): void {
    this.#code(STORE_LANES[name]);
    this.#memory(at.offset ?? 0);
    this.#body.push(at.lane);
  }

  /** A block; a branch to its label leaves it. */
  block(body: (leave: Label) => void): void {
    this.#open(0x02, body);
  }

  /** A loop; a branch to its label repeats it, and falling through its end leaves it. */
  loop(body: (again: Label) => void): void {
    this.#open(0x03, body);
  }

  if(_condition: I32, yes: () => void, no?: () => void): void {
    this.#open(0x04, () => {
      yes();
      if (no === undefined) return;
      this.#body.push(0x05);
      no();
    });
  }

  branch(label: Label): void {
    this.#body.push(0x0c);
    this.#body.unsigned(this.#depth - label);
  }

  branchIf(label: Label, _condition: I32): void {
    this.#body.push(0x0d);
    this.#body.unsigned(this.#depth - label);
  }

  /** Returns from the function. */
  return(_value?: Token<TypeName>): void {
    this.#body.push(0x0f);
  }

  call<Result extends TypeName | undefined>(
    target: Callable<Result>,
    ..._operands: readonly Token<TypeName>[]
  ): Result extends TypeName ? Token<Result> : undefined {
    this.#body.push(0x10);
    this.#body.unsigned(target.index);
    return token() as unknown as Result extends TypeName ? Token<Result> : undefined;
  }

  /** Adds a number to a local. */
  increase(local: Local<"i32">, amount: number): void {
    if (amount !== 0) this.set(local, this.op("i32.add", this.get(local), this.i32(amount)));
  }

  /** Repeats `body` while `counter` runs from 0 in steps of one to a limit above 0. */
  repeat(counter: Local<"i32">, times: number, body: () => void): void {
    this.set(counter, this.i32(times));
    this.loop((again) => {
      body();
      this.branchIf(again, this.tee(counter, this.op("i32.sub", this.get(counter), this.i32(1))));
    });
  }

  /** Writes locals, constants and body in the format of the code section. */
  encode(target: Bytes): void {
    encodeFunction(target, { locals: this.#locals, code: [this.#prologue, this.#body] });
  }

  #constantDouble(value: number): Local<"v128"> {
    const [low = 0, high = 0] = new Int32Array(new Float64Array([value]).buffer);
    return this.#constantLocal(`${low} ${high} ${low} ${high}`, low, high, low, high);
  }

  #constantLocal(key: number | string, a: number, b: number, c: number, d: number): Local<"v128"> {
    let local = this.#constants.get(key);
    if (local === undefined) {
      local = this.#declare("v128");
      this.#constants.set(key, local);
      const code = this.#prologue;
      code.push(0xfd);
      code.unsigned(0x0c);
      for (const word of [a, b, c, d]) code.word(word);
      code.push(0x21);
      code.unsigned(local.index);
    }
    return local;
  }

  #code(opcode: number): void {
    const body = this.#body;
    if (opcode < 0x1000) {
      body.push(opcode);
    } else {
      body.push(0xfd);
      body.unsigned(opcode & 0xfff);
    }
  }

  /** Alignment is a hint only, and four bytes are the truth for every element. */
  #memory(offset: number): void {
    this.#body.push(2);
    this.#body.unsigned(offset);
  }

  #open(opcode: number, body: (label: Label) => void): void {
    this.#body.push(opcode);
    this.#body.push(VOID);
    this.#depth++;
    body(this.#depth as Label);
    this.#depth--;
    this.#body.push(END);
  }
}

/** The type before the dot of an instruction's name. */
type TypeOf<Name> = Name extends `${infer Type extends TypeName}.${string}` ? Type : never;

/** Tokens carry a type and nothing else. */
function token<Name extends TypeName>(): Token<Name> {
  return undefined as unknown as Token<Name>;
}
