import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { wasmWith } from "../../../src/engine/wasm/engine.ts";
import { largeProgram, STEPS_UNTIL_THREADS } from "./fixtures/large-program.ts";

async function runFixture(name: string, { flags = [], args = [] }: Partial<Record<"flags" | "args", string[]>> = {}) {
  const file = join(import.meta.dirname, "fixtures", name);
  const child = spawn(process.execPath, [...flags, "--conditions=nabla-source", file, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 50_000,
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: code as number | null, output, errors };
}

test("a process with workers ends by itself", async () => {
  const { code, output, errors } = await runFixture("train-and-leave.ts");
  expect(errors).toBe("");
  expect(code).toBe(0);
  const step = await largeProgram(wasmWith({ threads: 1 }));
  for (let i = 0; i < STEPS_UNTIL_THREADS + 20; i++) await step();
  expect(output.trim()).toBe(String(await step()));
});

test("threads start once there has been enough work for them", async () => {
  const { code, output, errors } = await runFixture("count-threads.ts");
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(output)).toEqual([0, 2]);
});

test("a process ends in peace while its workers are still coming", async () => {
  // A thread that is stopped while it loads a native library would take the process with it.
  for (const milliseconds of [0, 20, 40, 60, 80, 120]) {
    const { code, errors } = await runFixture("leave-early.ts", { args: [`${milliseconds}`] });
    expect(errors).toBe("");
    expect(code).toBe(0);
  }
});

test("programs that are dropped leave their memory, also that which workers have seen", async () => {
  const { code, output, errors } = await runFixture("drop-programs.ts", { flags: ["--expose-gc"] });
  expect(errors).toBe("");
  expect(code).toBe(0);
  const { early, late, cost } = JSON.parse(output) as Record<string, number>;
  expect(cost).toBeTypeOf("number");
  // What 160 programs hold is more than 200 MB; how much of what is dropped is collected by now is not ours to say.
  expect((late ?? Number.NaN) - (early ?? 0)).toBeLessThan(100 * 2 ** 20);
});

test("while another thread keeps a core busy the bits are the same", async () => {
  const costs = async (threads: number): Promise<readonly number[]> => {
    const step = await largeProgram(wasmWith({ threads }));
    const found: number[] = [];
    for (let i = 0; i < STEPS_UNTIL_THREADS + 60; i++) found.push(await step());
    return found;
  };
  const expected = await costs(1);
  const busy = new Worker("for (;;);", { eval: true });
  try {
    expect(await costs(2)).toEqual(expected);
  } finally {
    await busy.terminate();
  }
});
