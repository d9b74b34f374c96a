import { expect, test } from "vitest";
import * as tf from "../../src/tf1/index.ts";
import * as names from "../../src/tf1/python-names.ts";

test.each(
  Object.values({ ...names, Variable: tf.Variable, Session: tf.Session }),
)("a name of Python's stands where its listings have it, and says what it is here", (value) => {
  const call = value as unknown as () => unknown;
  let error: { readonly message?: string; readonly code?: string; readonly hint?: string } = {};
  try {
    call();
  } catch (thrown) {
    error = thrown as typeof error;
  }
  const { message = "", code, hint = "" } = error;
  expect(code).toBe("tf1/name");
  expect(() => new (value as unknown as new () => unknown)()).toThrow(message);
  const [, python = ""] = /^tf\.(\S+) is TensorFlow's name in Python$/.exec(message) ?? [];
  expect(tf).toHaveProperty(python, value);
  const [, now = ""] = /^here it is tf\.(\S+)$/.exec(hint) ?? [];
  expect(tf).toHaveProperty(now, expect.any(Function));
});
