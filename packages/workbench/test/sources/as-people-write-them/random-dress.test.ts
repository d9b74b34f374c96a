import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dressOfFile, situationOf } from "./random-dress.ts";
import { complaintsOf } from "./run-situation.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nabla-dress-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("reads random tables in random dress as they are meant", async () => {
  await fc.assert(
    fc.asyncProperty(dressOfFile, async (dress) => {
      const own = await mkdtemp(join(folder, "table-"));
      try {
        expect(await complaintsOf(situationOf(dress), own)).toEqual([]);
      } finally {
        await rm(own, { recursive: true });
      }
    }),
    { seed: 20_240_531, numRuns: 150 },
  );
});
