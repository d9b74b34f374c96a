import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ndarray, scalar } from "nabla";
import { readSafetensors } from "nabla/exchange";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadCheckpoint, removeCheckpoint, saveCheckpoint } from "../../src/store/checkpoint.ts";
import { positionAt } from "./positions.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-checkpoint-"));
  path = join(folder, "deep", "digits-7f3a2c");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const checkpoint = (epoch: number) => ({
  arrays: new Map([
    ["parameters.layer1.weights", ndarray([epoch, Number.NaN, -0, 1e-40], [2, 2])],
    ["adam.layer1.weights.first", ndarray(Float64Array.of(1 / 3), [1])],
    ["step", scalar(epoch * 10, "int32")],
    ["mask", ndarray(Uint8Array.of(1, 0), [2])],
  ]),
  position: positionAt(epoch),
});

const code = (name: string) => expect.objectContaining({ code: name });

test("a checkpoint is read as it was saved, to the last bit, and the latest comes first", async () => {
  await saveCheckpoint(path, checkpoint(1));
  await saveCheckpoint(path, checkpoint(2));
  const { arrays, position, source } = await loadCheckpoint(path);
  expect({ position, source }).toEqual({ position: checkpoint(2).position, source: "latest" });
  expect([...arrays]).toEqual([...checkpoint(2).arrays]);
  expect(readdirSync(join(folder, "deep"))).toEqual(["digits-7f3a2c", "digits-7f3a2c.previous"]);
  expect(readSafetensors(readFileSync(path)).tensors.get("step")?.data[0]).toBe(20);
});

test.each<[string, () => void]>([
  ["a torn file", () => truncateSync(path, 100)],
  ["an empty file", () => truncateSync(path, 0)],
  ["a missing file, after a kill between the renames", () => rmSync(path)],
  ["one changed bit in the numbers", () => flip(-1)],
  ["one changed digit in the position", () => flipAfter('epoch\\":')],
  ["one changed letter in a name", () => flipAfter("parameters.")],
])("%s is found out, and the previous checkpoint is used", async (_what, damage) => {
  await saveCheckpoint(path, checkpoint(1));
  await saveCheckpoint(path, checkpoint(2));
  damage();
  expect(await loadCheckpoint(path)).toMatchObject({ source: "previous", position: checkpoint(1).position });
});

function flip(at: number): void {
  const bytes = readFileSync(path);
  const place = at < 0 ? bytes.length + at : at;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  writeFileSync(path, bytes);
}

function flipAfter(text: string): void {
  const at = readFileSync(path).indexOf(text);
  expect(at).toBeGreaterThan(0);
  flip(at + text.length);
}

test("a checkpoint that a kill kept from its place is found", async () => {
  await saveCheckpoint(path, checkpoint(1));
  await saveCheckpoint(path, checkpoint(2));
  renameSync(path, `${path}.next`);
  truncateSync(`${path}.previous`, 10);
  expect(await loadCheckpoint(path)).toMatchObject({ source: "latest", position: checkpoint(2).position });
});

test("a position that has lost a field is found out, and the field named", async () => {
  const { settings: _, ...without } = positionAt(1);
  await saveCheckpoint(path, { ...checkpoint(1), position: without as never });
  await expect(loadCheckpoint(path)).rejects.toThrow(code("checkpoint/damaged"));
  await expect(loadCheckpoint(path)).rejects.toThrow("its position.settings: expected a record, found nothing");
});

test("none at all, none that is whole, and a newer one are told apart", async () => {
  await expect(loadCheckpoint(path)).rejects.toThrow(code("checkpoint/missing"));
  await saveCheckpoint(path, checkpoint(1));
  flip(-1);
  await expect(loadCheckpoint(path)).rejects.toThrow(code("checkpoint/damaged"));
  await saveCheckpoint(path, checkpoint(2));
  const text = readFileSync(path, "latin1");
  writeFileSync(path, text.replace("nabla-checkpoint/1", "nabla-checkpoint/2"), "latin1");
  await expect(loadCheckpoint(path)).rejects.toThrow(code("checkpoint/newer"));
  await removeCheckpoint(path);
  await expect(loadCheckpoint(path)).rejects.toThrow(path);
  expect(readdirSync(join(folder, "deep"))).toEqual([]);
});

test("kill -9 while saving leaves a whole checkpoint, not older than the last that was announced", async () => {
  const script = fileURLToPath(new URL("children/save-checkpoints.ts", import.meta.url));
  for (const lines of [2, 5, 9]) {
    const child = spawn(process.execPath, ["--conditions=nabla-source", script, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    let last = 0;
    for await (const line of createInterface(child.stdout)) {
      last = Number(line);
      if (last === lines) child.kill("SIGKILL");
    }
    expect(await ended).toEqual([null, "SIGKILL"]);
    const { arrays, position } = await loadCheckpoint(path);
    const { epoch } = position;
    expect(epoch).toBeGreaterThanOrEqual(last);
    expect(new Set(arrays.get("weights")?.data)).toEqual(new Set([epoch]));
  }
});
