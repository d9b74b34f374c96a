import { expect, it } from "vitest";
import { profileFiles } from "./profile-files.ts";

it("has forty files with names of their own, of a size that a person can read", () => {
  expect(profileFiles).toHaveLength(40);
  expect(new Set(profileFiles.map(({ name }) => name)).size).toBe(40);
  for (const { content } of profileFiles) expect(Buffer.byteLength(content)).toBeLessThan(60_000);
});
