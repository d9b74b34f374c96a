import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "nabla/tf1";
import { afterEach, expect, test } from "vitest";
import { modelFolders } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-tf1-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a saver of nabla/tf1 writes model folders that are proven whole when they are read", async () => {
  const w = tf.variable([1, 2, 3], { name: "layer/w" });
  const grow = tf.assignAdd(w, [1, 1, 1]);
  const saver = tf.train.saver({ folders: modelFolders });
  await using session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  await session.run(grow);
  const path = await saver.save(session, join(folder, "model"));
  expect(readdirSync(path).toSorted()).toEqual(["model.json", "weights.safetensors"]);

  await using other = tf.session();
  await saver.restore(other, path);
  expect([...(await other.read(w)).data]).toEqual([2, 3, 4]);

  truncateSync(join(path, "weights.safetensors"), 80);
  await expect(saver.restore(other, path)).rejects.toMatchObject({ code: "model/hash" });
  expect([...(await other.read(w)).data]).toEqual([2, 3, 4]);
});
