import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { detectFeatures } from "../../../src/engine/wasm/features.ts";
import { type CompiledModule, host } from "../../../src/engine/wasm/host.ts";
import { hasEqualBits } from "../../../src/engine/wasm/revectorizer-trial.ts";

const isKnown =
  process.arch === "x64" &&
  process.versions.v8.startsWith("13.6.") &&
  (process.platform !== "linux" || readFileSync("/proc/cpuinfo", "latin1").includes(" avx2 "));
const source = (path: string): string => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url));

test("the revectorizer is used where the host is known to have it", () => {
  expect(detectFeatures().revectorized).toBe(isKnown && process.env.NABLA_REVECTORIZE !== "off");
});

/** Compiles the modules of the trial as told, the one that is to be trusted first. */
function compilingAs(compile: (bytes: Uint8Array<ArrayBuffer>) => CompiledModule | undefined) {
  return { compile, isTrusted: () => true };
}

test("equal bits are trusted, also with fused products", () => {
  for (const fused of detectFeatures().fused ? [false, true] : [false])
    expect(
      hasEqualBits(
        compilingAs((bytes) => new host.Module(bytes)),
        fused,
      ),
    ).toBe(true);
});

test("one bit that differs is not, nor a compiler that fails or gives nothing", () => {
  const F32_ADD = [0xfd, 0xe4, 0x01];
  const subtracting = compilingAs((bytes) => {
    const changed = bytes.slice();
    const at = changed.findIndex((_, i) => F32_ADD.every((byte, j) => changed[i + j] === byte));
    expect(at).toBeGreaterThan(0);
    changed[at + 1] = 0xe5;
    return new host.Module(changed);
  });
  expect(hasEqualBits(subtracting, false)).toBe(false);
  const failing = compilingAs(() => {
    throw new Error("no such flag");
  });
  expect(hasEqualBits(failing, false)).toBe(false);
  expect(
    hasEqualBits(
      compilingAs(() => undefined),
      false,
    ),
  ).toBe(false);
});

/** What a process prints that imports the engine under some environment. */
function printed(script: string, env: Readonly<Record<string, string>>): string {
  const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], options);
}

test("NABLA_REVECTORIZE=off does without it", () => {
  const script = `
    const { detectFeatures } = await import(${JSON.stringify(source("engine/wasm/features.ts"))});
    console.log(detectFeatures().revectorized);`;
  expect(printed(script, { NABLA_REVECTORIZE: "off" })).toBe("false\n");
  expect(printed(script, { NABLA_REVECTORIZE: "" })).toBe(`${isKnown}\n`);
});

test("a product has the same bits with it and without", () => {
  const script = `
    const { value } = await import(${JSON.stringify(source("engine/program.ts"))});
    const { wasmWith } = await import(${JSON.stringify(source("engine/wasm/engine.ts"))});
    const { constant } = await import(${JSON.stringify(source("graph/leaf.ts"))});
    const { matmul } = await import(${JSON.stringify(source("graph/ops.ts"))});
    const { ndarray } = await import(${JSON.stringify(source("array/ndarray.ts"))});
    const matrix = (rows, columns) => constant(
      ndarray(Float32Array.from({ length: rows * columns }, (_, i) => Math.fround(Math.sin(i))), [rows, columns]));
    const { data } = await value(matmul(matrix(67, 500), matrix(500, 45)), {}, { engine: wasmWith({ blas: false }) });
    console.log(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"));`;
  expect(printed(script, { NABLA_REVECTORIZE: "" })).toBe(printed(script, { NABLA_REVECTORIZE: "off" }));
});

const inThread = `
  const { parentPort, workerData } = require("node:worker_threads");
  import(workerData.features).then(async ({ detectFeatures }) => {
    const { revectorizer } = await import(workerData.revectorizer);
    const { revectorized } = detectFeatures();
    const bytes = workerData.bytes;
    for (let i = 0; i < 20; i++) {
      // Other bytes each time, so that each is compiled.
      bytes[bytes.length - 1] = 97 + i;
      if (revectorized && revectorizer.compile(bytes, { joins: true }) === undefined) throw new Error("no lock");
    }
    parentPort.postMessage(revectorized);
  });`;

test("threads of one process take turns with its flags", async () => {
  const named = (letters: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, letters.length + 1, letters.length, ...Buffer.from(letters)]);
  const workerData = {
    features: source("engine/wasm/features.ts"),
    revectorizer: source("engine/wasm/revectorizer.ts"),
  };
  const answers = ["first", "second", "third"].map(async (name) => {
    const worker = new Worker(inThread, { eval: true, workerData: { ...workerData, bytes: named(name) } });
    return await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  });
  expect(await Promise.all(answers)).toEqual(answers.map(() => detectFeatures().revectorized));
});
