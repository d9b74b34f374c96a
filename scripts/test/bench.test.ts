import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { CommandRow } from "../../benchmarks/command.ts";
import type { Row } from "../../benchmarks/compare.ts";
import { EngineProcess } from "../../benchmarks/process.ts";
import { type EngineUnderTest, serve } from "../../benchmarks/protocol.ts";
import { disagreements, showReport } from "../../benchmarks/report.ts";
import { dataOf, floatingOperations, workloads } from "../../benchmarks/workloads.ts";

const row: Row = {
  workload: "planar",
  engine: "nabla-wasm",
  threads: 1,
  version: "",
  medianMicroseconds: 10,
  runs: 3,
  costs: Array.from({ length: 101 }, (_, step) => 1 - step / 200),
};

test("the benchmark runs, says what it found, and names who is absent", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-bench-test-"));
  try {
    const [json, markdown] = [join(folder, "bench.json"), join(folder, "bench.md")];
    const engines = ["--peers", "--engines", "nabla-wasm,pytorch,pytorch-compiled,jax"];
    const args = ["--smoke", "--only", "planar", ...engines, "--json", json, "--markdown", markdown];
    const { BENCH_PYTORCH: _pytorch, BENCH_JAX: _jax, ...environment } = process.env;
    const env = { ...environment, BENCH_JAX: process.execPath };
    await promisify(execFile)(process.execPath, ["--conditions=nabla-source", "benchmarks/bench.ts", ...args], { env });
    const { rows } = JSON.parse(readFileSync(json, "utf8")) as { readonly rows: readonly Row[] };
    expect(rows[0]).toMatchObject({ workload: "planar", engine: "nabla-wasm", threads: 1 });
    expect(rows[0]?.runs).toBeGreaterThan(0);
    expect(rows[0]?.medianMicroseconds).toBeGreaterThan(0);
    expect(rows[0]?.costs[0]).toBeGreaterThan(rows[0]?.costs.at(-1) ?? Number.NaN);
    const shown = readFileSync(markdown, "utf8");
    expect(shown).toMatch(/^\| nabla-wasm, 1 thread \| [\d.,]+ \|$/m);
    for (const peer of ["pytorch, 1 thread", "pytorch, 2 threads", "pytorch-compiled, 1 thread"])
      expect(shown).toContain(
        `- ${peer}, takes no part in planar: BENCH_PYTORCH names no Python: see benchmarks/README.md`,
      );
    // a program that is no Python with JAX ends without an answer
    expect(shown).toContain("- jax, 1 thread, takes no part in planar: the process ended");
    expect(new Set(rows.map(({ engine }) => engine))).toEqual(new Set(["nabla-wasm"]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("costs that differ are told, with how many steps were compared", () => {
  const other = { ...row, engine: "peer" };
  expect(disagreements([row, other])).toEqual([]);
  const late = { ...other, costs: row.costs.map((cost, step) => (step === 100 ? cost * 1.002 : cost)) };
  expect(disagreements([row, late])).toEqual([expect.stringContaining("costs differ, peer, 1 thread ends at 0.501")]);
  const few = { ...other, costs: row.costs.slice(0, 3) };
  expect(disagreements([row, few])).toEqual(["planar: peer, 1 thread was compared after 3 steps only."]);
});

test("with dropout the means of the late steps may differ by a tenth", () => {
  const ours = { ...row, workload: "regular" };
  const times = (factor: number): Row => ({ ...ours, engine: "peer", costs: ours.costs.map((cost) => cost * factor) });
  expect(disagreements([ours, times(1.09)])).toEqual([]);
  expect(disagreements([ours, times(1.2)])).toHaveLength(1);
});

test("the report compares equal numbers of threads, and a workload with its variant", () => {
  const rows = [
    { ...row, workload: "mnist64" },
    { ...row, workload: "mnist64-fed", medianMicroseconds: 11 },
    { ...row, workload: "mnist64", engine: "peer", medianMicroseconds: 35 },
    { ...row, workload: "mnist64", engine: "peer", threads: 2, medianMicroseconds: 20, scaled: 50 },
  ];
  const shown = showReport({ workloads, rows, machine: "a machine", absent: ["someone is not there"] });
  expect(shown.split("\n").filter((line) => line.includes(" / "))).toEqual([
    "| peer / nabla-wasm, 1 thread | 3.50 | - |",
  ]);
  expect(shown).toContain("- mnist64-fed takes 10.0% longer than mnist64 (nabla-wasm, 1 thread).");
  expect(shown).toContain("- peer trains one in 50 of mnist64's models, its time is multiplied.");
  expect(shown).toContain("- someone is not there");
});

async function ask(engine: EngineUnderTest, ...requests: readonly object[]): Promise<readonly unknown[]> {
  const lines = (async function* () {
    for (const request of requests) yield JSON.stringify(request);
  })();
  const answers: unknown[] = [];
  await serve(engine, lines, (line) => answers.push(JSON.parse(line)));
  return answers;
}

const engine: EngineUnderTest = {
  prepare: async () => "1.0",
  step: async () => {},
  begin: async () => {
    let cost = 3;
    return async () => cost--;
  },
};

test("an engine's answers: version, costs, and figures multiplied where it timed a part", async () => {
  expect(
    await ask(engine, { prepare: "planar", folder: "" }, { costs: 3, seconds: 60 }, { costs: 9, seconds: 0 }),
  ).toEqual([{ version: "1.0" }, { costs: [3, 2, 1] }, { costs: [3, 2] }]);
  expect(await ask({ ...engine, scaled: () => 50 }, { run: 0 })).toEqual([
    { scaled: 50, microseconds: [expect.any(Number), expect.any(Number), expect.any(Number)] },
  ]);
});

test("what fails is missing, and the next question is answered", async () => {
  const failing = { ...engine, step: () => Promise.reject(new Error("no such kernel")) };
  expect(await ask(failing, { run: 0 }, { costs: 2 })).toEqual([{ missing: "no such kernel" }, { costs: [3, 2] }]);
});

test("programs that end or are not there are missing", async () => {
  for (const command of [[process.execPath, "-e", ""], ["/no/such/program"]]) {
    const child = new EngineProcess({ engine: "gone", threads: 1, peer: true, command });
    expect(await child.ask({ prepare: "planar" })).toEqual({ missing: "the process ended" });
    await child.end();
  }
});

test("the whole command is timed from a file to a model, and an absent peer is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-bench-test-"));
  try {
    const json = join(folder, "bench.json");
    const { BENCH_SKLEARN: _sklearn, ...env } = process.env;
    const args = ["--command", "--smoke", "--only", "letters-sized", "--json", json];
    const command = ["--conditions=nabla-source", "benchmarks/bench.ts", ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, { env });
    const { commands } = JSON.parse(readFileSync(json, "utf8")) as { readonly commands: readonly CommandRow[] };
    expect(commands).toEqual([expect.objectContaining({ table: "letters-sized", engine: "nabla" })]);
    expect(commands[0]?.seconds).toBeGreaterThan(0.1);
    expect(commands[0]?.accuracy).toBeGreaterThan(0);
    expect(stdout).toContain("- scikit-learn takes no part: BENCH_SKLEARN names no Python");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 180_000);

test("sequences ask for the code before, and their arithmetic counts every position", () => {
  const gru = workloads.find(({ name }) => name === "gru");
  if (gru === undefined) throw new Error("there is no workload gru");
  const { inputs, targets } = dataOf(gru);
  expect(targets.shape).toEqual([64, 64]);
  expect(targets.data.slice(65, 128)).toEqual(Int32Array.from(inputs.data.slice(64, 127)));
  expect(targets.data[64]).toBe(inputs.data[64]);
  expect(new Set(inputs.data)).toEqual(new Set(Array.from({ length: 96 }, (_, code) => code)));
  // products with 384 columns of what is given, 384 of the state and 96 at the end, forward and to both factors
  expect(floatingOperations(gru)).toBe(2 * 3 * 64 * 64 * 128 * (384 + 384 + 96));
});
