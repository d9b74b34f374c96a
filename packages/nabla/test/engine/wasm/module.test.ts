import { expect, test } from "vitest";
import wabt from "wabt";
import { FunctionBuilder } from "../../../src/engine/wasm/assembler.ts";
import { Bytes } from "../../../src/engine/wasm/bytes.ts";
import { detectFeatures } from "../../../src/engine/wasm/features.ts";
import { host } from "../../../src/engine/wasm/host.ts";
import { ModuleBuilder } from "../../../src/engine/wasm/module.ts";

const instantiate = (bytes: Uint8Array<ArrayBuffer>) => {
  const memory = new host.Memory({ initial: 1 });
  const { exports } = new host.Instance(new host.Module(bytes), { nabla: { memory } });
  return { memory, exports };
};

test("integers take the bytes of the specification's examples", () => {
  const bytes = new Bytes(1);
  bytes.unsigned(624485);
  bytes.signed(-123456);
  bytes.signed(64);
  bytes.signed(-2147483648);
  bytes.signedLong(-123456n);
  expect([...bytes.toArray()]).toEqual(
    [
      [0xe5, 0x8e, 0x26],
      [0xc0, 0xbb, 0x78],
      [0xc0, 0x00],
      [0x80, 0x80, 0x80, 0x80, 0x78],
      [0xc0, 0xbb, 0x78],
    ].flat(),
  );
});

test("a loop of vectors runs, and wabt reads the same instructions", async () => {
  const module = new ModuleBuilder();
  const square = new FunctionBuilder();
  const x = square.parameter("v128");
  square.returns("v128");
  const squared = module.add(square, "v128");
  square.op("f32x4.mul", square.get(x), square.get(x));

  const f = new FunctionBuilder();
  const address = f.parameter("i32");
  const times = f.parameter("i32");
  f.block((leave) => {
    f.loop((again) => {
      f.branchIf(leave, f.op("i32.eqz", f.get(times)));
      const value = f.call(squared, f.load("v128.load", f.get(address), 16));
      const kept = f.keep("v128", f.op("f32x4.add", value, f.splat(0.5)));
      f.store("v128.store", f.get(address), f.get(kept), 16);
      f.set(times, f.op("i32.sub", f.get(times), f.i32(1)));
      f.branch(again);
    });
  });
  module.export("squares", module.add(f));
  const bytes = module.encode();

  const { memory, exports } = instantiate(bytes);
  const data = new Float32Array(memory.buffer);
  data.set([1, 2, 3, -4], 4);
  exports.squares?.(0, 2);
  expect([...data.slice(4, 8)]).toEqual([2.75, 20.75, 90.75, 272.75]);

  const text = (await wabt()).readWasm(bytes, {}).toText({});
  expect(text).toContain("v128.load offset=16 align=4");
  expect(text).toContain("f32x4.mul");
  expect(text).toContain("v128.const i32x4 0x3f000000 0x3f000000 0x3f000000 0x3f000000");
});

test("a product and a sum mean the same with and without the fused instruction", () => {
  for (const fused of detectFeatures().fused ? [false, true] : [false]) {
    const module = new ModuleBuilder();
    const f = new FunctionBuilder({ fused });
    const at = f.parameter("i32");
    const sum = f.multiplyAdd(f.load("v128.load", f.get(at)), f.splat(3), () => f.splat(1));
    const kept = f.keep("v128", sum);
    f.store("v128.store", f.get(at), f.get(kept));
    module.export("run", module.add(f));
    const { memory, exports } = instantiate(module.encode());
    const data = new Float32Array(memory.buffer);
    data.set([1, -2, 0.5, 4]);
    exports.run?.(0);
    expect([...data.slice(0, 4)]).toEqual([4, -5, 2.5, 13]);
  }
});

test("constants keep their bits: both zeros and NaN", () => {
  const module = new ModuleBuilder();
  const f = new FunctionBuilder();
  [0, -0, Number.NaN].forEach((value, i) => {
    f.store("v128.store", f.i32(16 * i), f.splat(value));
  });
  module.export("run", module.add(f));
  const { memory, exports } = instantiate(module.encode());
  exports.run?.();
  const data = new Float32Array(memory.buffer);
  expect(Object.is(data[0], 0)).toBe(true);
  expect(Object.is(data[4], -0)).toBe(true);
  expect(data[8]).toBeNaN();
});

test("the host has vectors", () => {
  expect(detectFeatures().vectors).toBe(true);
});
