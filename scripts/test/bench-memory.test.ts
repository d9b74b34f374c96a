import { expect, test } from "vitest";
import { memoryUseOf } from "../../benchmarks/memory.ts";

test.each([
  ["mnist512", 20],
  ["cnn", 3],
])("%s grows its process by what it is estimated to take", async (name, steps) => {
  const { grown, estimated } = await memoryUseOf(name, { steps, threads: 1 });
  expect(estimated / grown, `estimated ${estimated}, grown by ${grown}`).toBeGreaterThan(0.75);
  expect(estimated / grown, `estimated ${estimated}, grown by ${grown}`).toBeLessThan(1.25);
});
