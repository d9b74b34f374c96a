import { describe, expect, test } from "vitest";
import { FunctionBuilder } from "../../../src/engine/wasm/assembler.ts";
import { detectFeatures } from "../../../src/engine/wasm/features.ts";
import { host } from "../../../src/engine/wasm/host.ts";
import { type FunctionName, Mathematics } from "../../../src/engine/wasm/mathematics.ts";
import { ModuleBuilder } from "../../../src/engine/wasm/module.ts";
import { erf } from "./interpret.ts";

const fusings = detectFeatures().fused ? [false, true] : [false];

/** Runs a function over arrays of a multiple of four elements. */
function run(name: FunctionName | "power", fused: boolean, ...inputs: readonly Float32Array[]): Float32Array {
  const module = new ModuleBuilder();
  const mathematics = new Mathematics(module);
  const f = new FunctionBuilder({ fused });
  const bytes = f.parameter("i32");
  const at = f.local("i32");
  f.loop((again) => {
    const x = f.keep("v128", f.load("v128.load", f.get(at)));
    let value: ReturnType<typeof f.get<"v128">>;
    if (name === "power") {
      const y = f.keep("v128", f.load("v128.load", f.op("i32.add", f.get(at), f.get(bytes))));
      value = mathematics.power(f, x, y);
    } else {
      value = mathematics.apply(f, name, x);
    }
    const kept = f.keep("v128", value);
    f.store("v128.store", f.get(at), f.get(kept));
    f.increase(at, 16);
    f.branchIf(again, f.op("i32.lt_u", f.get(at), f.get(bytes)));
  });
  module.export("run", module.add(f));
  const length = inputs[0]?.length ?? 0;
  const memory = new host.Memory({ initial: Math.ceil((length * 8) / 65536) });
  const data = new Float32Array(memory.buffer);
  inputs.forEach((input, i) => {
    data.set(input, i * length);
  });
  const { exports } = new host.Instance(new host.Module(module.encode()), { nabla: { memory } });
  exports.run?.(length * 4);
  return data.slice(0, length);
}

/** Numbers spread over all exponents and signs, with the special ones among them. */
function samples(count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = Math.imul(i, 0x9e3779b1) >>> 0;
  const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), 2 ** -126, 3.4028235e38, 16777216];
  const values = new Float32Array(bits.buffer);
  values.set(special);
  return values;
}

/** Numbers evenly between two bounds. */
const even = (count: number, from: number, to: number) =>
  Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** The distance of a float32 from the true value in units of the last place of that value. */
function distance(actual: number, wanted: number): number {
  const rounded = Math.fround(wanted);
  if (Object.is(actual, rounded) || (Number.isNaN(actual) && Number.isNaN(rounded))) return 0;
  if (actual === rounded && actual === 0) return Infinity;
  if (!Number.isFinite(actual) && !Number.isFinite(rounded)) return Infinity;
  const bounded = Math.min(Math.abs(wanted), 3.4028234e38);
  const unit = 2 ** (Math.max(Math.floor(Math.log2(bounded)), -126) - 23);
  return Math.abs((Number.isFinite(actual) ? actual : Math.sign(actual) * 2 ** 128) - wanted) / unit;
}

const TRUTH: Readonly<Record<FunctionName, (x: number) => number>> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  erf,
  sin: Math.sin,
  cos: Math.cos,
};

function worst(name: FunctionName, fused: boolean, inputs: Float32Array): { error: number; at: number; got: number } {
  const results = run(name, fused, inputs);
  let found = { error: 0, at: 0, got: 0 };
  inputs.forEach((x, i) => {
    const got = results[i] ?? NaN;
    const error = distance(got, TRUTH[name](x));
    if (!(error <= found.error)) found = { error, at: x, got };
  });
  return found;
}

describe.each(fusings)("fused %s", (fused) => {
  test.each(Object.keys(TRUTH) as FunctionName[])("%s is within 2 ulp everywhere", (name) => {
    const ranges = [samples(200_000), even(80_000, -110, 110), even(40_000, -2, 2), even(40_000, 0.5, 1.7)];
    for (const inputs of ranges) {
      const { error, at, got } = worst(name, fused, inputs);
      expect(error, `${name}(${at}) = ${got}, not ${TRUTH[name](at)}`).toBeLessThanOrEqual(2);
    }
  });

  test.each([
    "sin",
    "cos",
  ] as const)("%s is within 2 ulp next to every quarter turn, where it nearly vanishes", (name) => {
    const bits = new Int32Array(180 * 32);
    const inputs = new Float32Array(bits.buffer);
    for (let turn = -90; turn < 90; turn++) {
      const from = (turn + 90) * 32;
      inputs[from] = (turn * Math.PI) / 2;
      const middle = bits[from] ?? 0;
      for (let i = 0; i < 32; i++) bits[from + i] = middle + i - 16;
    }
    const { error, at, got } = worst(name, fused, inputs);
    expect(error, `${name}(${at}) = ${got}, not ${TRUTH[name](at)}`).toBeLessThanOrEqual(2);
  });

  test("powers are rounded like those of JavaScript", () => {
    const x = new Float32Array(120_000);
    const y = new Float32Array(120_000);
    const spread = samples(120_000);
    for (let i = 0; i < x.length; i++) {
      x[i] = i % 3 === 0 ? (spread[i] ?? 0) : Math.abs(((i * 7919) % 4001) / 1000);
      y[i] = i % 2 === 0 ? ((i * 31) % 601) / 10 - 30 : Math.round(((i * 17) % 41) - 20);
    }
    const ends = [0, -0, 1, -1, 2, -2, 0.5, 3, -3, Infinity, -Infinity, NaN, 1e-40, -1e-40, 1e38];
    ends.forEach((a, i) => {
      ends.forEach((b, j) => {
        x[i * ends.length + j] = a;
        y[i * ends.length + j] = b;
      });
    });
    const results = run("power", fused, x, y);
    let found = { error: 0, text: "" };
    x.forEach((a, i) => {
      const b = y[i] ?? NaN;
      const error = distance(results[i] ?? NaN, a ** b);
      if (!(error <= found.error)) found = { error, text: `${a} ** ${b} = ${results[i]}, not ${a ** b}` };
    });
    expect(found.error, found.text).toBeLessThanOrEqual(0.51);
  });

  test("a lane's result does not depend on its place", () => {
    // sin and cos take another way from 128 on, for the lanes beyond alone
    const inputs = Float32Array.from(even(64, -9, 9), (x, i) => (i % 5 === 0 ? 40 * x : x));
    for (const name of Object.keys(TRUTH) as FunctionName[]) {
      const forward = run(name, fused, inputs);
      const shifted = run(
        name,
        fused,
        Float32Array.from(inputs, (_, i) => inputs[(i + 1) % 64] ?? 0),
      );
      expect(shifted.slice(0, 63), name).toEqual(forward.slice(1));
    }
  });
});
