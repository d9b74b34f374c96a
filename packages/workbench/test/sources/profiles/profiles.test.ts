import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compact, NablaError } from "nabla";
import { afterAll, beforeAll, expect, it } from "vitest";
import { profile } from "../../../src/sources/read-table.ts";
import { profileText } from "../../../src/terminal/profile.ts";
import type { ProfileFile } from "./profile-file.ts";
import { profileFiles } from "./profile-files.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nabla-profiles-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `nabla profile` prints, or what it says where it refuses the file. */
async function printed({ name, content, target }: ProfileFile): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  try {
    return `${profileText(await profile(path, compact({ target })))}\n`;
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    return `${error.code}: ${error.message}\n${error.hint ?? ""}\n`;
  }
}

// read by a person: change a file of `printed` only after reading it
it.each(profileFiles)("prints the profile of $name as it was read", async (file) => {
  await expect(await printed(file)).toMatchFileSnapshot(`printed/${file.name}.txt`);
});

it("has forty files with names of their own, of a size that a person can read", () => {
  expect(profileFiles).toHaveLength(40);
  expect(new Set(profileFiles.map(({ name }) => name)).size).toBe(40);
  for (const { content } of profileFiles) expect(Buffer.byteLength(content)).toBeLessThan(60_000);
});
