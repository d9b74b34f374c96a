import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { nabla, workFolder } from "./nabla.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

/** Runs Node on sources, as the examples say. */
async function node(cwd: string, ...words: readonly string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, ["--conditions=nabla-source", ...words], { cwd });
  return (await run).stdout;
}

test("the README's example is short, and runs", async () => {
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(code.trim().split("\n").length).toBeLessThanOrEqual(18);
  expect(await node(root, "--input-type=module-typescript", "--eval", code)).toMatch(/train error .*dev error/);
});

test("the README shows what the command has", async () => {
  const folder = workFolder();
  const { stdout } = await nabla(["--help"], { folder });
  const known = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name);
  const named = [...readme.matchAll(/^nabla ([a-z]+) .*#/gm)].map(([, name]) => name);
  for (const name of named) expect(known).toContain(name);
  expect(new Set(named).size).toBeGreaterThanOrEqual(known.length - 1);
});

test("tensors and gradients: exclusive or is learned", async () => {
  expect(await node(workFolder(), join(root, "examples/xor.ts"))).toMatch(
    /step 2000: cost 0\.00\d+, answers 0\.0\d 0\.9\d 0\.9\d 0\.0\d/,
  );
});

test("the library from end to end", async () => {
  expect(await node(workFolder(), join(root, "examples/digits.ts"))).toMatch(
    /epoch 40: cost [\d.]+, dev error 0\.0[12]/,
  );
});

test("T14 the notes' three layers, in TensorFlow 1's way", async () => {
  const printed = await node(workFolder(), join(root, "examples/tf1-signs.ts"));
  expect(printed).toMatch(/Cost after epoch 0: 1\.\d+\n[\s\S]*Cost after epoch 100: 0\.00\d+\n/);
  expect(printed).toMatch(
    /Train Accuracy: (?:1\.0|0\.99)\d* of 866 images\nTest Accuracy: 0\.9[5-9]\d* of 217 images\n/,
  );
});

test("the experiment file trains, and options stand above it", async () => {
  const folder = workFolder();
  mkdirSync(join(folder, "examples"));
  cpSync(join(root, "examples/data"), join(folder, "examples/data"), { recursive: true });
  const words = ["train", "--config", join(root, "examples/experiment.yaml"), "--epochs", "15", "--json"];
  const { code, stdout } = await nabla(words, { folder });
  expect(code).toBe(0);
  const { epochs, dev, parameters } = JSON.parse(stdout);
  expect(epochs).toBe(15);
  expect(dev.error).toBeLessThan(0.1);
  expect(parameters).toBe(15 * 32 + 32 + 32 * 3 + 3);
});
