import type { FunctionBuilder } from "./assembler.ts";
import { emitErf, emitExp, emitExpm1, emitSigmoid, emitTanh } from "./exponential.ts";
import { emitLog, emitLog1p } from "./logarithm.ts";
import type { ModuleBuilder } from "./module.ts";
import { addPower, addWholePower } from "./power.ts";
import type { Callable, Local, V128 } from "./tokens.ts";
import { addTrigonometry, emitTrigonometry } from "./trigonometry.ts";

/** Functions of four float32 lanes, written into the loop that uses them. */
const INLINE = {
  exp: emitExp,
  expm1: emitExpm1,
  log: emitLog,
  log1p: emitLog1p,
  tanh: emitTanh,
  sigmoid: emitSigmoid,
  erf: emitErf,
} as const;

/** The functions of one argument that take more than an instruction or two. */
export type FunctionName = keyof typeof INLINE | "sin" | "cos";

/** Functions of lanes that take more than an instruction or two. */
export interface LaneFunctions {
  apply(f: FunctionBuilder, name: FunctionName, x: Local<"v128">): V128;
  power(f: FunctionBuilder, x: Local<"v128">, y: Local<"v128">): V128;
  /** x^y of int32. */
  wholePower(f: FunctionBuilder, x: Local<"v128">, y: Local<"v128">): V128;
}

/**
 * The mathematics of one module: each function of float32 lanes stays within 2 ulp of the true value on its whole
 * range, and a lane's result does not depend on its place.
 */
export class Mathematics implements LaneFunctions {
  readonly #module: ModuleBuilder;
  #trigonometry: ReturnType<typeof addTrigonometry> | undefined;
  #power: Callable<"v128"> | undefined;
  #wholePower: Callable<"v128"> | undefined;

  constructor(module: ModuleBuilder) {
    this.#module = module;
  }

  apply(f: FunctionBuilder, name: FunctionName, x: Local<"v128">): V128 {
    if (name !== "sin" && name !== "cos") return INLINE[name](f, x);
    this.#trigonometry ??= addTrigonometry(this.#module);
    return emitTrigonometry(f, x, { far: this.#trigonometry[name], shift: name === "sin" ? 0 : 1 });
  }

  power(f: FunctionBuilder, x: Local<"v128">, y: Local<"v128">): V128 {
    this.#power ??= addPower(this.#module);
    return f.call(this.#power, f.get(x), f.get(y));
  }

  /** x^y of int32. */
  wholePower(f: FunctionBuilder, x: Local<"v128">, y: Local<"v128">): V128 {
    this.#wholePower ??= addWholePower(this.#module);
    return f.call(this.#wholePower, f.get(x), f.get(y));
  }
}

/** How many plain instructions an application is worth, for choosing how far to unroll a loop. */
export const FUNCTION_COST: Readonly<Record<FunctionName | "power", number>> = {
  exp: 25,
  expm1: 28,
  log: 35,
  log1p: 45,
  tanh: 35,
  sigmoid: 32,
  erf: 50,
  sin: 60,
  cos: 60,
  power: 80,
};
