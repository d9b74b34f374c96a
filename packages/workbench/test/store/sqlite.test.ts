import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, openStudyStore } from "../../src/store/open.ts";
import { thisHost } from "../../src/store/owner.ts";
import { findStore } from "../../src/store/store-place.ts";
import { draft, epoch } from "./drafts.ts";
import { storeKit } from "./kit.ts";
import { studyKit } from "./study-kit.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-store-"));
  path = join(folder, "deep", "runs.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

storeKit("SQLite", (host) => openStore(path, { host }));
studyKit("SQLite", (host) => openStudyStore(path, { host }));

const code = (name: string) => expect.objectContaining({ code: name });
const trainScript = fileURLToPath(new URL("children/train.ts", import.meta.url));
const openScript = fileURLToPath(new URL("children/open.ts", import.meta.url));
const lockedScript = fileURLToPath(new URL("children/locked.ts", import.meta.url));
const fillScript = fileURLToPath(new URL("children/fill.ts", import.meta.url));

function startChild(...given: readonly string[]): ChildProcess {
  const script = [trainScript, path, ...given];
  return spawn(process.execPath, ["--conditions=nabla-source", ...script], { stdio: ["ignore", "pipe", "inherit"] });
}

/** The child's lines; `act` sees each as it comes. */
async function follow(
  child: ChildProcess,
  act: (lines: readonly string[]) => void = () => {},
): Promise<readonly string[]> {
  const ended = once(child, "exit");
  const lines: string[] = [];
  if (child.stdout === null) throw new Error("no output to read");
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    act(lines);
  }
  await ended;
  return lines;
}

test("two processes append at once, to one run and to a store that neither has made, and nothing is lost", async () => {
  const [[a = ""], [b = ""]] = (await Promise.all([follow(startChild("40")), follow(startChild("40"))])) as [
    string[],
    string[],
  ];
  await using store = await openStore(path);
  expect((await store.list()).map(({ id }) => id).sort()).toEqual([a, b].sort());
  expect((await store.get(a)).epochs).toEqual(Array.from({ length: 40 }, (_, i) => epoch(i + 1)));
  const children = [startChild("40", a), startChild("40", a)];
  await Promise.all(children.map((child) => follow(child)));
  const events = (await store.get(a)).events.map(({ data }) => data as readonly [number, number]);
  for (const { pid } of children) {
    expect(events.filter(([writer]) => writer === pid).map(([, number]) => number)).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
  }
});

test("after kill -9 a run is interrupted with every epoch that was stored; before, it is running", async () => {
  const child = startChild("1000000");
  await using store = await openStore(path);
  const statuses: Promise<string>[] = [];
  const lines = await follow(child, ([id = "", ...epochs]) => {
    if (epochs.length === 3)
      statuses.push(
        store
          .get(id)
          .then(({ status }) => status)
          .finally(() => child.kill("SIGKILL")),
      );
  });
  expect(await Promise.all(statuses)).toEqual(["running"]);
  const [id = "", ...stored] = lines;
  const run = await store.get(id);
  expect(run.status).toBe("interrupted");
  expect(run.epochs.length).toBeGreaterThanOrEqual(stored.length);
  expect(run.epochs).toEqual(run.epochs.map((_, i) => epoch(i + 1)));
  expect((await store.list({ status: "interrupted" })).map((one) => one.id)).toEqual([id]);
  expect((await store.resume(id)).status).toBe("running");
});

test("a process number that is used again does not keep a run alive", async () => {
  const host = thisHost();
  await using before = await openStore(path, { host: { ...host, self: { ...host.self, started: "1" } } });
  const { id } = await before.create(draft());
  const own = await before.create(draft());
  await before.update(own.id, { status: "stopped" });
  await using store = await openStore(path);
  expect((await store.resume(own.id)).status).toBe("running");
  // Without /proc nobody can tell a later process of the same number.
  expect((await store.get(id)).status).toBe(existsSync("/proc/self/stat") ? "interrupted" : "running");
});

test("a store of a newer version is refused and left as it is", async () => {
  await (await openStore(path)).close();
  const raw = new DatabaseSync(path);
  raw.exec("update nabla_schema set version = 99");
  raw.close();
  await expect(openStore(path)).rejects.toThrow(code("store/newer"));
  await expect(openStore(path)).rejects.toThrow("version 99");
});

test("runs of an earlier version's studies are known as theirs, and of its trials nobody says when they began", async () => {
  const earlier = new URL("../fixtures/first-version/store/nabla.db", import.meta.url);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(earlier, path);
  await using store = await openStore(path);
  await using studies = await openStudyStore(path);
  const ofStudies = (await store.list()).filter(({ study }) => study !== undefined);
  expect(ofStudies.map(({ id, study }) => [id, study])).toEqual([["penguins-885d68", "finished"]]);
  const [trial] = await studies.trials("finished");
  expect(trial).toMatchObject({ status: "done" });
  expect(trial).not.toHaveProperty("started");
});

test("a damaged file is said to be damaged, whether at its beginning or deep inside", async () => {
  mkdirSync(join(folder, "deep"));
  writeFileSync(path, "this was never a database, and is long enough to look like a file of some use");
  await expect(openStore(path)).rejects.toThrow(code("store/damaged"));
  expect(readFileSync(path, "utf8")).toContain("never a database");
  rmSync(path);
  const store = await openStore(path);
  const { id } = await store.create(draft());
  await store.append(id, {
    events: Array.from({ length: 500 }, (_, i) => ({ kind: "long", data: `${i}`.repeat(100) })),
  });
  await store.close();
  truncateSync(path, 16_384);
  const use = async () => {
    const damaged = await openStore(path);
    await damaged.get(id).finally(() => damaged.close());
  };
  await expect(use()).rejects.toThrow(code("store/damaged"));
});

test("a place that cannot be a store is said as such", async () => {
  await expect(openStore(folder)).rejects.toThrow(code("store/denied"));
  writeFileSync(join(folder, "file"), "");
  await expect(openStore(join(folder, "file", "runs.db"))).rejects.toThrow(code("files/not-a-folder"));
  await expect(openStore(path, { create: false })).rejects.toThrow(code("store/missing"));
  const other = new DatabaseSync(join(folder, "other.db"));
  other.exec("create table invoices(amount)");
  other.close();
  await expect(openStore(join(folder, "other.db"))).rejects.toThrow(code("store/foreign"));
});

test("a folder that does not let this user is said as such", async () => {
  chmodSync(folder, 0o555);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=nabla-source", openScript, join(folder, "runs.db"), path],
    { encoding: "utf8" },
  );
  chmodSync(folder, 0o755);
  expect(stdout + stderr).toBe("store/denied\nfiles/denied\n");
});

test("a writer that waits in vain says so", async () => {
  await using store = await openStore(path);
  const { id } = await store.create(draft());
  const raw = new DatabaseSync(path);
  raw.exec("begin immediate");
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions=nabla-source", lockedScript, path, id], {
    encoding: "utf8",
  });
  raw.exec("rollback");
  raw.close();
  expect(stdout + stderr).toBe("store/locked\n0\n");
});

test("a disk that takes no more fails the append alone, and what was stored stays", async () => {
  await using store = await openStore(path);
  const { id } = await store.create(draft());
  await store.append(id, { epochs: [epoch(1)] });
  const script = ["--conditions=nabla-source", fillScript, path, id];
  const { stdout, stderr } = spawnSync("sh", ["-c", 'ulimit -f 512; exec "$@"', "sh", process.execPath, ...script], {
    encoding: "utf8",
  });
  expect(stdout + stderr).toMatch(/^store\/(full|disk)\n$/);
  expect(await store.get(id)).toMatchObject({ epochs: [epoch(1)], events: [] });
});

test.each([
  [undefined, {}, "/data/.nabla/nabla.db"],
  ["", { NABLA_STORE: "" }, "/data/.nabla/nabla.db"],
  [undefined, { NABLA_STORE: "sqlite://team.db" }, "/data/team.db"],
  ["mine.db", { NABLA_STORE: "team.db" }, "/data/mine.db"],
  ["sqlite:///abs/mine.db", {}, "/abs/mine.db"],
  ["/abs/mine.db", {}, "/abs/mine.db"],
])("%o in %o is the store %s", (spec, environment, expected) => {
  expect(findStore(spec, environment, "/data")).toEqual({ kind: "sqlite", address: expected, shown: expected });
});

test("other kinds of stores are named and refused", () => {
  for (const spec of ["mysql://user:secret@host/runs", "sqlite://"]) {
    expect(() => findStore(spec, {}, "/data")).toThrow(code("store/unsupported"));
  }
  expect(() => findStore("mysql://user:secret@host/runs", {}, "/data")).toThrow("mysql://");
  expect(() => findStore("mysql://user:secret@host/runs", {}, "/data")).not.toThrow("secret");
});

test("opening prints nothing", () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--conditions=nabla-source", trainScript, path, "0"],
    { encoding: "utf8" },
  );
  expect([stdout.trim().split("\n").length, stderr, status]).toEqual([1, "", 0]);
});
