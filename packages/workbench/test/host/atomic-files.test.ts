import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recoverFolder, writeFileAtomic, writeFolder, writeSynced } from "../../src/host/atomic-files.ts";
import { fileFailure } from "../../src/host/file-failure.ts";

const script = fileURLToPath(new URL("children/save.ts", import.meta.url));
const node = [process.execPath, "--conditions=nabla-source", script];
let place = "";

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "nabla-files-"));
  chmodSync(place, 0o755);
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (...path: string[]) => readFileSync(join(place, ...path), "utf8");
const code = (name: string) => expect.objectContaining({ code: name });

test("a folder appears with its parents, then is replaced whole, and nothing stays beside it", async () => {
  const folder = join(place, "deep", "model");
  await writeFolder(
    folder,
    new Map([
      ["a", bytes("1")],
      ["b", bytes("1")],
    ]),
  );
  await writeFolder(
    folder,
    new Map([
      ["a", bytes("2")],
      ["b", bytes("2")],
    ]),
  );
  expect([text("deep", "model", "a"), text("deep", "model", "b")]).toEqual(["2", "2"]);
  expect(readdirSync(join(place, "deep"))).toEqual(["model"]);
});

test("writers at once leave one whole version", async () => {
  const folder = join(place, "model");
  const versions = ["1", "2", "3", "4", "5", "6"];
  await Promise.all(
    versions.map((version) => writeFolder(folder, new Map(["a", "b"].map((name) => [name, bytes(version)])))),
  );
  expect(versions).toContain(text("model", "a"));
  expect(text("model", "a")).toBe(text("model", "b"));
  expect(readdirSync(place)).toEqual(["model"]);
});

test("a linked folder is replaced where it lies", async () => {
  mkdirSync(join(place, "there"));
  symlinkSync(join(place, "there"), join(place, "link"));
  await writeFolder(join(place, "link"), new Map([["a", bytes("1")]]));
  expect(text("there", "a")).toBe("1");
});

test("a folder with somebody's files is left alone, and so is a file", async () => {
  mkdirSync(join(place, "home"));
  writeFileSync(join(place, "home", "thesis.txt"), "years of work");
  const files = new Map([["a", bytes("1")]]);
  const refused = writeFolder(join(place, "home"), files);
  await expect(refused).rejects.toThrow(code("files/occupied"));
  await expect(refused).rejects.toThrow("thesis.txt");
  await expect(writeFolder(join(place, "home", "thesis.txt"), files)).rejects.toThrow(code("files/not-a-folder"));
  await expect(writeFolder(join(place, "home", "thesis.txt", "x"), files)).rejects.toThrow(code("files/not-a-folder"));
  await expect(writeFolder(process.cwd(), files)).rejects.toThrow(code("files/occupied"));
  expect(text("home", "thesis.txt")).toBe("years of work");
  expect(readdirSync(place)).toEqual(["home"]);
});

test("a kill between the two renames is repaired by the next reader, and its scraps go with the next write", async () => {
  const aside = (role: string) => join(place, `.model.4194305-01234567@${hostname()}.${role}`); // no system has this process
  mkdirSync(aside("old"));
  writeFileSync(join(aside("old"), "a"), "old");
  mkdirSync(aside("new"));
  await recoverFolder(join(place, "model"));
  expect(text("model", "a")).toBe("old");
  await writeFolder(join(place, "model"), new Map([["a", bytes("2")]]));
  expect(readdirSync(place)).toEqual(["model"]);
});

test("what another machine is writing stays", async () => {
  mkdirSync(join(place, ".model.1-01234567@elsewhere.new"));
  await writeFolder(join(place, "model"), new Map([["a", bytes("1")]]));
  expect(readdirSync(place)).toEqual([".model.1-01234567@elsewhere.new", "model"]);
});

test("kill -9 at any moment leaves a whole version", async () => {
  const folder = join(place, "model");
  for (const lines of [1, 2, 3, 5, 8]) {
    const child = spawn(node[0] ?? "", [...node.slice(1), folder, "200000", "250"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await killAfter(child, lines);
    await recoverFolder(folder);
    const versions = ["a", "b", "c"].map((name) => readFileSync(join(folder, name)));
    expect(new Set(versions.flatMap((version) => [...new Set(version)])).size).toBe(1);
    expect(versions.map((version) => version.length)).toEqual([200_000, 200_000, 200_000]);
  }
  await writeFolder(folder, new Map(["a", "b", "c"].map((name) => [name, bytes("x")])));
  expect(readdirSync(place)).toEqual(["model"]);
});

async function killAfter(child: ChildProcess, lines: number): Promise<void> {
  const ended = once(child, "exit");
  let seen = 0;
  if (child.stdout === null) throw new Error("no output to read");
  for await (const _line of createInterface(child.stdout)) if (++seen === lines) child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

test("a disk that takes no more leaves the previous folder and no scraps", async () => {
  const folder = join(place, "model");
  await writeFolder(folder, new Map(["a", "b", "c"].map((name) => [name, bytes("before")])));
  const { stdout } = spawnSync("sh", ["-c", 'ulimit -f 64; exec "$@"', "sh", ...node, folder, "1000000"], {
    encoding: "utf8",
  });
  expect(stdout).toBe(`files/too-large cannot write ${folder}: it would be larger than this system lets a file be\n`);
  expect(text("model", "c")).toBe("before");
  expect(readdirSync(place)).toEqual(["model"]);
});

test.runIf(process.platform === "linux")("a full device is said as such", async () => {
  const failed = await writeSynced("/dev/full", bytes("x")).catch((error: unknown) =>
    fileFailure(error, "write", "models/a"),
  );
  expect(failed).toMatchObject({ code: "files/full", message: "cannot write models/a: the disk is full" });
});

test("a folder that may not be written is said as such, and what is in it stays", async () => {
  const folder = join(place, "model");
  await writeFolder(folder, new Map([["a", bytes("before")]]));
  chmodSync(place, 0o555);
  const { stdout, stderr } = spawnSync(node[0] ?? "", [...node.slice(1), folder, "10", "1", "nobody"], {
    encoding: "utf8",
  });
  chmodSync(place, 0o755);
  expect(stdout + stderr).toBe(`files/denied cannot write ${folder}: this user may not\n`);
  expect(text("model", "a")).toBe("before");
});

test("a file is replaced whole, or not at all", async () => {
  const path = join(place, "deep", "file");
  await writeFileAtomic(path, bytes("1"));
  await writeFileAtomic(path, bytes("2"));
  expect(text("deep", "file")).toBe("2");
  await expect(writeFileAtomic(join(place, "deep"), bytes("3"))).rejects.toThrow(code("files/is-a-folder"));
  await expect(writeFileAtomic(join(path, "below"), bytes("3"))).rejects.toThrow(code("files/not-a-folder"));
  expect(readdirSync(join(place, "deep"))).toEqual(["file"]);
  expect(readdirSync(place)).toEqual(["deep"]);
});
