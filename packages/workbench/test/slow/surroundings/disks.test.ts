import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nabla, penguins, workFolder } from "../../commands/nabla.ts";

const binary = join(import.meta.dirname, "../../../bin/nabla.js");
const words = ["train", penguins, "--target", "species", "--epochs", "2", "--quiet"];

/** A disk of its own; undefined where this user may not make one. */
function disk(size: string): { readonly folder: string; readonly seal: () => void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), "nabla-disk-"));
  const mounted = spawnSync("/bin/mount", ["-t", "tmpfs", "-o", `size=${size}`, "none", folder]).status === 0;
  onTestFinished(() => {
    if (mounted) spawnSync("/bin/umount", [folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return mounted ? { folder, seal: () => void spawnSync("/bin/mount", ["-o", "remount,ro", folder]) } : undefined;
}

test("a disk that is full is a sentence, whatever is written when it fills", { timeout: 30_000 }, async (context) => {
  const place = disk("1m");
  if (place === undefined) return context.skip("no disk of its own can be mounted here");
  for (const size of ["100k", "300k", "500k"]) {
    spawnSync("/bin/mount", ["-o", `remount,size=${size}`, place.folder]);
    const { code, stderr } = await nabla(words, { folder: place.folder });
    if (code !== 0) expect(stderr).toMatch(/error: .*(disk|I\/O)/);
    expect(stderr).not.toMatch(/internal|\n\s+at /);
  }
});

test("a read-only folder to work in matters to nobody whose store is elsewhere", {
  timeout: 30_000,
}, async (context) => {
  const place = disk("1m");
  if (place === undefined) return context.skip("no disk of its own can be mounted here");
  place.seal();
  const home = workFolder();
  const elsewhere = await nabla([...words, "--store", join(home, "runs.db")], { folder: place.folder });
  expect(elsewhere).toMatchObject({ code: 0 });
  expect(readdirSync(home)).toEqual(expect.arrayContaining(["checkpoints", "models", "runs.db"]));
  const here = await nabla(words, { folder: place.folder });
  expect(here).toMatchObject({ code: 1, stderr: expect.stringMatching(/read-only/) });
});

test("few file handles and small files are sentences", { timeout: 40_000 }, (context) => {
  if (!existsSync("/bin/sh")) return context.skip("there is no shell");
  for (const limit of ["-n 22", "-n 24", "-f 20"]) {
    const folder = workFolder();
    const line = `ulimit ${limit}; exec "$0" "$@"`;
    const { status, stderr } = spawnSync("/bin/sh", ["-c", line, process.execPath, binary, ...words], {
      cwd: folder,
      env: { ...process.env, NABLA_STORE: "", NO_COLOR: "1" },
      encoding: "utf8",
    });
    expect(stderr).not.toMatch(/internal|\n\s+at /);
    if (status !== 0) expect(stderr).toMatch(/error: .*(too many (open )?files|disk|larger|I\/O)/);
  }
});
