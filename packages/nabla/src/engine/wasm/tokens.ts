import type {
  F32_COMPARE,
  F64_BINARY,
  F64_COMPARE,
  F64_UNARY,
  I32_BINARY,
  I32_UNARY,
  I64_BINARY,
  TYPE_CODES,
  VECTOR_BINARY,
  VECTOR_SHIFT,
  VECTOR_TERNARY,
  VECTOR_TEST,
  VECTOR_UNARY,
} from "./opcodes.ts";

declare const kind: unique symbol;

/** A type of WebAssembly's values. */
export type TypeName = keyof typeof TYPE_CODES;

/** A value on the stack of the machine. Tokens are only passed on, never stored: see `FunctionBuilder`. */
export interface Token<Name extends TypeName> {
  readonly [kind]: Name;
}
/** An int32 on the stack. */
export type I32 = Token<"i32">;
/** An int64 on the stack. */
export type I64 = Token<"i64">;
/** A float32 on the stack. */
export type F32 = Token<"f32">;
/** A float64 on the stack. */
export type F64 = Token<"f64">;
/** A vector on the stack. */
export type V128 = Token<"v128">;

/** A local variable of the emitted function. */
export interface Local<Name extends TypeName> {
  readonly index: number;
  readonly type: Name;
}

/** A function that can be called; `result` is absent where it returns nothing. */
export interface Callable<Result extends TypeName | undefined = TypeName | undefined> {
  readonly index: number;
  readonly result: Result;
}

/** The target of a branch: the depth of the block that it leaves or of the loop that it repeats. */
export type Label = number & { readonly [kind]: "label" };

type Unary<Table, T, R = T> = { readonly [Name in keyof Table]: (x: T) => R };
type Binary<Table, T, R = T> = { readonly [Name in keyof Table]: (x: T, y: T) => R };

/** The signature of every plain instruction. */
export type Signatures = Unary<typeof I32_UNARY, I32> &
  Binary<typeof I32_BINARY, I32> &
  Binary<typeof I64_BINARY, I64> &
  Binary<typeof F32_COMPARE, F32, I32> &
  Binary<typeof F64_COMPARE, F64, I32> &
  Unary<typeof F64_UNARY, F64> &
  Binary<typeof F64_BINARY, F64> &
  Unary<typeof VECTOR_UNARY, V128> &
  Binary<typeof VECTOR_BINARY, V128> & {
    readonly [Name in keyof typeof VECTOR_SHIFT]: (x: V128, count: I32) => V128;
  } & { readonly [Name in keyof typeof VECTOR_TERNARY]: (x: V128, y: V128, z: V128) => V128 } & Unary<
    typeof VECTOR_TEST,
    V128,
    I32
  >;

/** The plain instructions, as the names that `FunctionBuilder.op` takes. */
export type Instruction = keyof Signatures;
