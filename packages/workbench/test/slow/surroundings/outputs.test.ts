/** What each command's exit code says where its output cannot be written: how its work ended, and nothing else. */
import { spawn } from "node:child_process";
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nabla, penguins } from "../../commands/nabla.ts";

const binary = join(import.meta.dirname, "../../../bin/nabla.js");
const full = "/dev/full";

/** The words, and the exit codes of an output on a full disk and, where it is tried, of one that nobody reads. */
type Row = readonly [words: readonly string[], full: number, closed?: number];

const table: readonly Row[] = [
  // work is done whatever can be said of it
  [["train", "data.csv", "--target", "species", "--epochs", "1"], 0, 0],
  [["train", "data.csv", "--target", "species", "--epochs", "1", "--json"], 0],
  [["train", "data.csv", "--target", "nothing"], 1, 1],
  [["tune", "data.csv", "--target", "species", "--trials", "2", "--workers", "1", "--epochs", "1"], 0, 0],
  [["export", "model", "--format", "onnx", "--out", "model.onnx"], 0, 0],
  [["report", "run"], 0],
  [["predict", "model", "data.csv", "--out", "out.csv"], 0, 0],
  [["rerun", "run"], 0],
  [["worker", "--store", "local.db"], 1],
  // printing is the work, and whoever stops reading has seen enough
  [["predict", "model", "data.csv"], 1, 0],
  [["runs"], 1, 0],
  [["studies"], 1],
  [["show", "run"], 1, 0],
  [["show", "run", "--json"], 1],
  [["show", "nothing"], 1, 1],
  [["diagnose", "run"], 1],
  [["evaluate", "run", "--on", "dev"], 1],
  [["schema"], 1],
  [["doctor"], 1],
  [["--help"], 1, 0],
  [["--version"], 1],
  [["train", "--help"], 0],
  [["nothing"], 2, 2],
];

let [home, run] = ["", ""];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nabla-outputs-"));
  cpSync(penguins, join(home, "data.csv"));
  const words = ["train", "data.csv", "--target", "species", "--epochs", "1", "--out", "model", "--json"];
  const { stdout } = await nabla(words, { folder: home });
  run = JSON.parse(stdout).run;
}, 30_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Said {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs a command whose standard output is a full device, or a pipe that nobody reads. */
async function say(
  words: readonly string[],
  output: "full" | "closed",
  errors: "read" | "closed" = "read",
): Promise<Said> {
  const device = output === "full" ? openSync(full, "w") : undefined;
  const named = words.map((word) => (word === "run" ? run : word));
  const child = spawn(process.execPath, [binary, ...named], {
    cwd: home,
    env: { ...process.env, NO_COLOR: "1", NABLA_STORE: "" },
    stdio: ["ignore", device ?? "pipe", "pipe"],
  });
  if (device !== undefined) closeSync(device);
  child.stdout?.destroy();
  let stderr = "";
  if (errors === "closed") child.stderr?.destroy();
  else child.stderr?.on("data", (chunk) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stderr };
}

describe.each(["full", "closed"] as const)("standard output that is %s", (output) => {
  test.skipIf(output === "full" && !existsSync(full)).each(
    table.flatMap(([words, ...codes]) => {
      const code = codes[output === "full" ? 0 : 1];
      return code === undefined ? [] : [{ words, code }];
    }),
  )("$words", { timeout: 20_000 }, async ({ words, code: expected }) => {
    const { code, stderr } = await say(words, output);
    expect([code, stderr]).toEqual([expected, expect.any(String)]);
    expect(stderr).not.toMatch(/internal|EPIPE|ENOSPC|\n\s+at /);
    if (output === "full" && code === 1 && !stderr.includes("nothing") && words[0] !== "worker")
      expect(stderr).toBe(
        "error: cannot write to standard output: the disk is full\nhint: free some space, or choose a place on another disk\n",
      );
  });
});

test("a training whose outputs nobody reads leaves its model", { timeout: 20_000 }, async () => {
  const words = ["train", "data.csv", "--target", "species", "--epochs", "2", "--out", "unread"];
  expect((await say(words, "closed", "closed")).code).toBe(0);
  expect(readdirSync(join(home, "unread"))).toContain("weights.safetensors");
});
