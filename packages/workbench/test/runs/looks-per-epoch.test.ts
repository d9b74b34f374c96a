import { expect, test } from "vitest";
import { looksPerEpoch } from "../../src/runs/looks-per-epoch.ts";

test.each([
  [480, 32, 1],
  [120, 512, 1],
  [3200, 32, 5],
  [1_000_000, 64, 50],
])("of %i rows in batches of %i an epoch is looked at %i times", (rows, batch, looks) => {
  expect(looksPerEpoch(rows, batch)).toBe(looks);
});
