import { expect, test } from "vitest";
import { makeFrom, maker } from "../../src/base/described.ts";
import { inRange, number, oneOf, required } from "../../src/base/fields.ts";
import { thrown } from "../data/thrown.ts";

const shapes = {
  square: maker({ side: required(number) }, ({ side }) => side * side),
  disc: maker({ radius: number }, ({ radius = 1 }) => Math.PI * radius * radius),
};

test("a kind is made from its data; a word alone stands for one without options", () => {
  expect(makeFrom("shape", shapes, { kind: "square", side: 3 })).toBe(9);
  expect(makeFrom("shape", shapes, "disc")).toBe(Math.PI);
});

test("what does not fit is named with its place, and with what was likely meant", () => {
  expect(thrown(() => makeFrom("shape", shapes, "sqare", "job › shape"))).toMatchObject({
    code: "options/kind",
    message: 'job › shape: "sqare" is no kind of shape',
    hint: expect.stringContaining("square"),
  });
  expect(thrown(() => makeFrom("shape", shapes, { kind: "square", sid: 3 }))).toMatchObject({
    code: "options/unknown",
    hint: "did you mean side?",
  });
  expect(thrown(() => makeFrom("shape", shapes, "square"))).toMatchObject({
    code: "options/missing",
    message: 'shape square needs the option "side"',
  });
  expect(thrown(() => makeFrom("shape", shapes, { kind: "square", side: "3" })).message).toBe(
    'shape square › side: expected a number, received "3"',
  );
  expect(thrown(() => makeFrom("shape", shapes, { kind: "constructor" })).code).toBe("options/kind");
  expect(thrown(() => makeFrom("shape", shapes, null)).code).toBe("options/type");
});

test("ranges say the range and what was received", () => {
  expect(inRange("keep", 1, { above: 0, atMost: 1 })).toBe(1);
  expect(thrown(() => inRange("keep", 0, { above: 0, atMost: 1 })).message).toBe(
    "keep must be a finite number above 0 and not above 1, received 0",
  );
  expect(thrown(() => inRange("units", 2.5, { whole: true, atLeast: 1 })).message).toBe(
    "units must be a whole number not below 1, received 2.5",
  );
  expect(thrown(() => inRange("rate", Number.NaN, {})).message).toBe("rate must be a finite number, received NaN");
  expect(thrown(() => oneOf("fan", "on", ["in", "out"])).message).toBe('fan must be in or out, received "on"');
});
