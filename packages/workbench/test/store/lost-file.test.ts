import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { draft } from "./drafts.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "nabla-lost-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const epoch = { epoch: 1, step: 3, cost: 0.5, rate: 0.1, best: true, seconds: 1 };
const measures = { cost: 0.5, error: 0.1, mistake: 0.1, rows: 10 };

test("a file that is deleted under its store comes back with everything in it", async () => {
  const path = join(folder(), "a", "runs.db");
  const said: string[] = [];
  await using store = await openStore(path, { say: (line) => said.push(line) });
  const { id } = await store.create(draft({}));
  const early = await store.create(draft({}));
  rmSync(join(path, ".."), { recursive: true });
  await store.append(id, { epochs: [{ ...epoch, train: measures }] });
  await store.update(id, { status: "finished" });
  expect(said).toEqual([expect.stringContaining("was deleted while it was in use; it was brought back")]);
  await using other = await openStore(path, { create: false });
  expect((await other.get(id)).epochs).toHaveLength(1);
  expect((await other.get(id)).status).toBe("finished");
  expect((await other.list()).map((run) => run.id).sort()).toEqual([id, early.id].sort());
});

test("a log that is left beside a deleted file is not taken for that of the new one", async () => {
  const path = join(folder(), "runs.db");
  await using store = await openStore(path, { say: () => {} });
  const { id } = await store.create(draft({}));
  rmSync(path);
  expect(existsSync(`${path}-wal`)).toBe(true);
  await store.update(id, { notes: "after" });
  await using other = await openStore(path, { create: false });
  expect((await other.get(id)).notes).toBe("after");
});

test("two processes that lose one file share the one that comes back", async () => {
  const path = join(folder(), "runs.db");
  await using one = await openStore(path, { say: () => {} });
  await using two = await openStore(path, { say: () => {} });
  const [first, second] = [await one.create(draft({})), await two.create(draft({}))];
  rmSync(path);
  await one.update(first.id, { notes: "one" });
  // the second finds the file of the first in the place of its own
  await two.update(second.id, { notes: "two" });
  await using other = await openStore(path, { create: false });
  expect((await other.get(first.id)).notes).toBe("one");
  expect((await other.get(second.id)).notes).toBe("two");
});

test("a file that takes the place of the store is left alone, and nothing is lost", async () => {
  const place = folder();
  const path = join(place, "runs.db");
  const said: string[] = [];
  await using store = await openStore(path, { say: (line) => said.push(line) });
  const { id } = await store.create(draft({}));
  {
    await using _foreign = await openStore(join(place, "new.db"));
  }
  for (const part of ["", "-wal", "-shm"]) rmSync(`${path}${part}`);
  copyFileSync(join(place, "new.db"), path);
  await store.update(id, { notes: "kept" });
  expect(said).toEqual([expect.stringContaining("was replaced by another file")]);
  const kept = readdirSync(place).find((name) => name.includes(".kept-") && !/-(wal|shm)$/.test(name));
  await using other = await openStore(join(place, kept ?? ""), { create: false });
  expect((await other.get(id)).notes).toBe("kept");
  await using untouched = await openStore(path, { create: false });
  expect(await untouched.list()).toEqual([]);
});

test("a lock that lasts is waited for after the first answer, and ends in a sentence", async () => {
  const path = join(folder(), "runs.db");
  await using store = await openStore(path, { patience: 0, outage: 300, say: () => {} });
  const { id } = await store.create(draft({}));
  const other = new DatabaseSync(path);
  other.exec("begin immediate");
  const refused = store.update(id, { notes: "x" });
  await expect(refused).rejects.toMatchObject({ code: "store/locked" });
  const waiting = store.update(id, { notes: "y" });
  await setTimeout(20);
  other.exec("commit");
  expect((await waiting).notes).toBe("y");
  other.close();
});

test("a new store is its owner's alone", async () => {
  const path = join(folder(), "runs.db");
  await using _store = await openStore(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
