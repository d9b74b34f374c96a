import { expect, test } from "vitest";
import { memoryUseOf } from "../../benchmarks/memory.ts";

test.each([
  ["mnist512", 20, 0.75],
  ["cnn", 3, 0.65],
])("%s grows its process by what it is estimated to take", async (name, steps, least) => {
  const { grown, estimated } = await memoryUseOf(name, { steps, threads: 1 });
  expect(estimated / grown, `estimated ${estimated}, grown by ${grown}`).toBeGreaterThan(least);
  expect(estimated / grown, `estimated ${estimated}, grown by ${grown}`).toBeLessThan(1.25);
});
