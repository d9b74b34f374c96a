import type { NdArray } from "nabla";
import { expect } from "vitest";
import type { Expected } from "./answers.ts";

/** Equal to within a share of each answer, or of 1 where it is smaller. */
export function expectEqual(answers: NdArray, wanted: Expected, near = 1e-5): void {
  expect(answers.data.length).toBe(wanted.answers.length);
  for (const [i, value] of wanted.answers.entries())
    expect(Math.abs((answers.data[i] ?? Number.NaN) - value), `answer ${i}`).toBeLessThan(
      near * Math.max(1, Math.abs(value)),
    );
}
