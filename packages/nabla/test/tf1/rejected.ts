import { expect } from "vitest";
import { NablaError } from "../../src/base/error.ts";

/** The NablaError that a promise ends with; fails the test when it ends with none. */
export async function rejected(promise: Promise<unknown>): Promise<NablaError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NablaError);
  return error as NablaError;
}
