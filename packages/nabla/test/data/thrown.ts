import { expect } from "vitest";
import { NablaError } from "../../src/base/error.ts";

/** The NablaError that an action throws; fails the test when it throws none. */
export function thrown(action: () => unknown): NablaError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(NablaError);
    if (error instanceof NablaError) return error;
  }
  throw new Error("nothing was thrown");
}
