import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { ndarray } from "../../../src/array/ndarray.ts";
import { fork, normal, seedKey } from "../../../src/base/random.ts";
import type { MatmulKernel } from "../../../src/engine/loop.ts";
import { findBlas } from "../../../src/engine/native/blas.ts";
import { delegated } from "../../../src/engine/native/delegation.ts";
import { compile } from "../../../src/engine/program.ts";
import { reference } from "../../../src/engine/reference/reference.ts";
import { wasmWith } from "../../../src/engine/wasm/engine.ts";
import { input } from "../../../src/graph/leaf.ts";
import { matmul, transpose } from "../../../src/graph/ops.ts";

afterEach(() => vi.unstubAllEnvs());

function product(m: number, n: number, k: number, a: readonly number[], b: readonly number[]): MatmulKernel {
  const view = (buffer: number, strides: readonly number[]) => ({ buffer, offset: 0, strides });
  return { kind: "matmul", label: "", batch: 1, m, n, k, a: view(0, a), b: view(1, b), c: view(2, [0, n, 1]) };
}

const buffers = [0, 1, 2].map((i) => ({ address: i * 1_000_000, elements: 250_000, dtype: "float32" as const }));

test("large products with dense rows or columns are delegated, small, short and scattered ones are not", () => {
  const calls = delegated(product(64, 128, 96, [0, 256, 1], [0, 1, 256]), buffers);
  expect(calls).toEqual([
    {
      m: 64,
      n: 128,
      k: 96,
      a: { address: 0, leading: 256, transposed: false },
      b: { address: 1_000_000, leading: 256, transposed: true },
      c: { address: 2_000_000, leading: 128, transposed: false },
    },
  ]);
  expect(delegated(product(8, 8, 8, [0, 8, 1], [0, 8, 1]), buffers)).toBeUndefined();
  expect(delegated(product(300, 3, 300, [0, 300, 1], [0, 3, 1]), buffers)).toBeUndefined();
  expect(delegated(product(64, 64, 64, [0, 128, 2], [0, 64, 1]), buffers)).toBeUndefined();
  // Overlapping windows have a row stride shorter than a row: BLAS refuses those.
  expect(delegated(product(64, 64, 64, [0, 1, 1], [0, 64, 1]), buffers)).toBeUndefined();
});

test("products of many multiply-adds are delegated in blocks of whole tiles that cover every row or column once", () => {
  const columns = delegated(product(64, 300, 256, [0, 256, 1], [0, 1, 256]), buffers) ?? [];
  expect(columns.map(({ n, b, c }) => [n, b.address, c.address])).toEqual([
    [160, 1_000_000, 2_000_000],
    [140, 1_000_000 + 160 * 256 * 4, 2_000_000 + 160 * 4],
  ]);
  const rows = delegated(product(300, 64, 256, [0, 1, 300], [0, 64, 1]), buffers) ?? [];
  expect(rows.map(({ m, a, c }) => [m, a.address, c.address])).toEqual([
    [160, 0, 2_000_000],
    [140, 160 * 4, 2_000_000 + 160 * 64 * 4],
  ]);
});

test("a library that is switched off, missing or no library is passed over with the reason", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nabla-blas-"));
  const broken = join(folder, "libbroken.so");
  await writeFile(broken, "this is no library");
  vi.stubEnv("NABLA_BLAS", "off");
  expect(await findBlas()).toEqual({ blas: undefined, missing: "switched off by NABLA_BLAS=off" });
  for (const path of [join(folder, "nowhere.so"), broken]) {
    vi.stubEnv("NABLA_BLAS", path);
    expect(await findBlas()).toEqual({ blas: undefined, missing: `none of ${path} could be used` });
  }
  await rm(folder, { recursive: true });
});

test("products agree with the reference, whoever computes them", async () => {
  const { blas, missing } = await findBlas();
  // Where no BLAS is installed the same products run in WebAssembly; both must be right.
  expect(blas === undefined ? missing : blas.library).toBeTypeOf("string");
  const draw = (name: string, rows: number, columns: number) =>
    ndarray(Float32Array.from(normal(fork(seedKey(3), name), rows * columns)), [rows, columns]);
  for (const [m, n, k] of [
    [64, 64, 64],
    [33, 70, 129],
    [100, 17, 64],
    [1, 500, 80],
  ] as const) {
    const [x, y, xt, yt] = [input("x", [m, k]), input("y", [k, n]), input("xt", [k, m]), input("yt", [n, k])];
    const outputs = {
      plain: matmul(x, y),
      left: matmul(transpose(xt), y),
      right: matmul(x, transpose(yt)),
      both: matmul(transpose(xt), transpose(yt)),
    };
    const feeds = { x: draw("x", m, k), y: draw("y", k, n), xt: draw("xt", k, m), yt: draw("yt", n, k) };
    const [native, exact] = await Promise.all(
      [wasmWith(), reference].map(async (engine) =>
        (await compile({ inputs: [x, y, xt, yt], outputs }, { engine })).run(feeds),
      ),
    );
    for (const name of Object.keys(outputs)) {
      const received = native?.[name]?.data ?? [];
      const expected = exact?.[name]?.data ?? [];
      expect(received.length).toBe(m * n);
      for (let i = 0; i < received.length; i++)
        expect(Math.abs((received[i] ?? 0) - (expected[i] ?? 0))).toBeLessThan(1e-4);
    }
  }
});
