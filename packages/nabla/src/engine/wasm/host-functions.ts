import { errorFunction } from "../reference/erf.ts";
import { powerOf, wholePower } from "../reference/kernels.ts";
import { sigmoidOf } from "../reference/sigmoid.ts";
import { FunctionBuilder } from "./assembler.ts";
import type { FunctionName, LaneFunctions } from "./mathematics.ts";
import type { ModuleBuilder } from "./module.ts";
import type { Callable, Local, V128 } from "./tokens.ts";

/** The mathematics of wide programs, lane by lane on the host: to the bit what the reference computes. */
export const HOST_FUNCTIONS = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: sigmoidOf,
  erf: errorFunction,
  power: powerOf,
  wholePower,
} as const satisfies Readonly<Record<FunctionName | "power" | "wholePower", (x: number, y: number) => number>>;

type HostFunctionName = keyof typeof HOST_FUNCTIONS;

/** The calls of a module to the host's functions, which it imports. */
export class HostFunctions implements LaneFunctions {
  readonly #callables = new Map<HostFunctionName, Callable<"f64">>();

  constructor(module: ModuleBuilder) {
    for (const name of Object.keys(HOST_FUNCTIONS) as HostFunctionName[]) {
      const f = new FunctionBuilder();
      f.parameter("f64");
      if (name === "power" || name === "wholePower") f.parameter("f64");
      this.#callables.set(name, module.import(name, f, "f64"));
    }
  }

  apply(f: FunctionBuilder, name: FunctionName, x: Local<"v128">): V128 {
    return this.#call(f, name, [x]);
  }

  power(f: FunctionBuilder, x: Local<"v128">, y: Local<"v128">): V128 {
    return this.#call(f, "power", [x, y]);
  }

  wholePower(f: FunctionBuilder, x: Local<"v128">, y: Local<"v128">): V128 {
    return this.#call(f, "wholePower", [x, y]);
  }

  #call(f: FunctionBuilder, name: HostFunctionName, operands: readonly Local<"v128">[]): V128 {
    const callable = this.#callables.get(name);
    const lane = (i: number) => {
      const values = operands.map((operand) => f.extractF64(f.get(operand), i));
      return f.call(callable as Callable<"f64">, ...values);
    };
    const both = f.keep("v128", f.splatOfF64(lane(0)));
    return f.replaceF64(f.get(both), lane(1), 1);
  }
}
