import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NablaError } from "nabla";
import { afterAll, expect } from "vitest";

/** A function that writes files into a folder of this test file's own, which goes when the tests are done. */
export function filesForTests(): (name: string, content: string | Uint8Array) => Promise<string> {
  const folder = mkdtemp(join(tmpdir(), "nabla-sources-"));
  afterAll(async () => rm(await folder, { recursive: true, force: true }));
  return async (name, content) => {
    const path = join(await folder, name);
    await writeFile(path, content);
    return path;
  };
}

/** The NablaError that an action rejects with; fails the test when it does not. */
export async function rejected(action: Promise<unknown>): Promise<NablaError> {
  try {
    await action;
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    if (error instanceof NablaError) return error;
  }
  throw new Error("nothing was thrown");
}

/** `rows` lines that `line` makes from their number, under a header. */
export function lines(header: string, rows: number, line: (i: number) => string): string {
  return `${[header, ...Array.from({ length: rows }, (_, i) => line(i))].join("\n")}\n`;
}
