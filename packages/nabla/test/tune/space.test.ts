import { describe, expect, expectTypeOf, test } from "vitest";
import { choice, type Domain, integer, logInteger, logUniform, oneMinusLog, uniform } from "../../src/base/domain.ts";
import { NablaError } from "../../src/base/error.ts";
import type { Json } from "../../src/base/json.ts";
import { fork, seedKey, uniform53 } from "../../src/base/random.ts";
import { axesOf, branch, repeat, type Space, type ValuesOf } from "../../src/tune/space.ts";
import { spaceFrom, spaceToJson } from "../../src/tune/space-json.ts";
import { pointOf, unitsOf, valuesAt } from "../../src/tune/space-values.ts";

const space = {
  rate: logUniform(1e-4, 1),
  optimizer: branch({
    adam: { beta1: oneMinusLog(0.9, 0.999), decay: branch({ none: {}, some: { strength: logUniform(1e-6, 1) } }) },
    momentum: { beta: uniform(0.5, 0.99) },
    gradientDescent: {},
  }),
  hidden: repeat(integer(0, 3), logInteger(8, 128)),
  act: choice("relu", "tanh"),
  normalize: choice(true, false),
};

/** The error that an action throws. */
function thrown(action: () => unknown): NablaError {
  try {
    action();
  } catch (error) {
    if (error instanceof NablaError) return error;
  }
  throw new Error("nothing was thrown");
}

describe("domains", () => {
  const domains: readonly Domain[] = [
    uniform(-1, 3),
    logUniform(1e-5, 10),
    oneMinusLog(0, 0.9999),
    integer(-2, 4),
    logInteger(1, 300),
    choice("a", 2, [1, 2], null),
    integer(3, 3),
    uniform(2, 2),
  ];

  test.each(
    domains.map((domain) => [`${domain.kind} ${JSON.stringify(domain.options)}`, domain] as const),
  )("%s: units lead to values and back", (_, domain) => {
    for (const unit of [0, ...uniform53(seedKey(3), 200), 1]) {
      const value = domain.at(unit);
      const back = domain.unitOf(value) ?? -1;
      expect(domain.contains(value)).toBe(true);
      expect(domain.at(back)).toEqual(
        domain.cells === Number.POSITIVE_INFINITY ? expect.closeTo(Number(value), 9) : value,
      );
      if (domain.cells === Number.POSITIVE_INFINITY) expect(back).toBeCloseTo(unit, 9);
    }
    if (Number.isFinite(domain.cells)) {
      const values = Array.from({ length: domain.cells }, (_, place) => domain.nth(place));
      const units = values.map((value) => domain.unitOf(value) ?? -1);
      expect(units).toEqual(units.toSorted((a, b) => a - b));
      expect(units.map((unit) => domain.at(unit))).toEqual(values);
    }
    expect(domain.contains("nowhere")).toBe(false);
    expect(domain.contains(1e9)).toBe(false);
  });

  test.each([
    ["uniform from above to", () => uniform(3, 1), "received 3 to 1"],
    ["uniform without an end", () => uniform(0, Number.POSITIVE_INFINITY), "received 0 to Infinity"],
    ["logUniform from 0", () => logUniform(0, 1), "received 0 to 1"],
    ["oneMinusLog to 1", () => oneMinusLog(0.9, 1), "received 0.9 to 1"],
    ["integer of a fraction", () => integer(1, 2.5), "received 1 to 2.5"],
    ["logInteger from 0", () => logInteger(0, 9), "received 0 to 9"],
    ["NaN", () => uniform(Number.NaN, 1), "received NaN to 1"],
    ["repeat of a fraction", () => repeat(uniform(1, 2), integer(1, 2)), 'received uniform {"from":1,"to":2}'],
    ["repeat below 0", () => repeat(integer(-1, 2), integer(1, 2)), '"from":-1'],
  ] as const)("%s is an impossible range", (_, make, received) => {
    const error = thrown(make);
    expect(error.code).toBe("tune/range");
    expect(error.message).toContain(received);
  });

  test("a choice of nothing, or of one thing twice", () => {
    expect(thrown(() => choice()).code).toBe("tune/choice");
    expect(thrown(() => choice("a", "b", "a")).message).toContain('received "a" twice');
    expect(thrown(() => branch({})).code).toBe("tune/choice");
  });
});

describe("axes", () => {
  test("parents come first, and say when their children count", () => {
    expect(axesOf(space).map(({ path, when }) => [path, when?.path, when?.among])).toEqual([
      ["rate", undefined, undefined],
      ["optimizer", undefined, undefined],
      ["optimizer.adam.beta1", "optimizer", ["adam"]],
      ["optimizer.adam.decay", "optimizer", ["adam"]],
      ["optimizer.adam.decay.some.strength", "optimizer.adam.decay", ["some"]],
      ["optimizer.momentum.beta", "optimizer", ["momentum"]],
      ["hidden", undefined, undefined],
      ["hidden.1", "hidden", [1, 2, 3]],
      ["hidden.2", "hidden", [2, 3]],
      ["hidden.3", "hidden", [3]],
      ["act", undefined, undefined],
      ["normalize", undefined, undefined],
    ]);
  });

  test("names that paths cannot hold", () => {
    expect(thrown(() => axesOf({ "a.b": uniform(0, 1) })).code).toBe("tune/name");
    expect(thrown(() => axesOf({ o: branch({ adam: { kind: uniform(0, 1) } }) })).message).toContain("kind");
  });
});

describe("values", () => {
  test("are typed by the space", () => {
    type Values = ValuesOf<typeof space>;
    expectTypeOf<Values["act"]>().toEqualTypeOf<"relu" | "tanh">();
    expectTypeOf<Values["normalize"]>().toEqualTypeOf<boolean>();
    expectTypeOf<Values["hidden"]>().toEqualTypeOf<readonly number[]>();
    type Adam = Extract<Values["optimizer"], { kind: "adam" }>;
    expectTypeOf<Adam["beta1"]>().toEqualTypeOf<number>();
    expectTypeOf<Adam["decay"]["kind"]>().toEqualTypeOf<"none" | "some">();
    expectTypeOf<Values>().not.toHaveProperty("nothing");
  });

  test("at a point are those of the active axes, and lead back to it", () => {
    const axes = axesOf(space);
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const draws = uniform53(fork(seedKey(2), `point ${i}`), axes.length);
      const values = valuesAt(
        space,
        pointOf(axes, (_, place) => draws[place] ?? 0),
      );
      const again = valuesAt(space, unitsOf(space, values as Json));
      const text = JSON.stringify(again, (_, value) =>
        typeof value === "number" ? Number(value.toPrecision(9)) : value,
      );
      expect(text).toBe(
        JSON.stringify(values, (_, value) => (typeof value === "number" ? Number(value.toPrecision(9)) : value)),
      );
      seen.add(`${values.optimizer.kind} ${values.hidden.length}`);
      if (values.optimizer.kind === "adam") expect(values.optimizer.beta1).toBeGreaterThanOrEqual(0.9);
    }
    expect(seen.size).toBe(12);
  });

  test("that are missing or outside leave their axes open, unless a default stands in", () => {
    const values = { rate: 5, optimizer: { kind: "adam", beta1: 0.95 }, hidden: [16, 999] };
    const paths = (defaults = {}) => Object.keys(unitsOf(space, values, defaults));
    expect(paths()).toEqual(["optimizer", "optimizer.adam.beta1", "hidden", "hidden.1"]);
    expect(paths({ act: "relu", "optimizer.adam.decay": "none" })).toEqual([
      "optimizer",
      "optimizer.adam.beta1",
      "optimizer.adam.decay",
      "hidden",
      "hidden.1",
      "act",
    ]);
    expect(unitsOf(space, "no record")).toEqual({});
  });
});

describe("a space as data", () => {
  const data = {
    rate: { logUniform: [1e-4, 1] },
    optimizer: {
      branch: {
        adam: {
          beta1: { oneMinusLog: [0.9, 0.999] },
          decay: { branch: { none: {}, some: { strength: { logUniform: [1e-6, 1] } } } },
        },
        momentum: { beta: { uniform: [0.5, 0.99] } },
        gradientDescent: {},
      },
    },
    hidden: { repeat: { count: { integer: [0, 3] }, of: { logInteger: [8, 128] } } },
    act: { choice: ["relu", "tanh"] },
    normalize: { choice: [true, false] },
  };

  test("is written and read", () => {
    expect(spaceToJson(space)).toEqual(data);
    const again: Space = spaceFrom(JSON.parse(JSON.stringify(data)));
    expect(spaceToJson(again)).toEqual(data);
    expect(axesOf(again).map(({ path }) => path)).toEqual(axesOf(space).map(({ path }) => path));
  });

  test("a count may be a choice of numbers", () => {
    const hidden = repeat(choice(0, 2), integer(8, 9));
    const again = spaceFrom(spaceToJson({ hidden }));
    expect(axesOf(again).map(({ path }) => path)).toEqual(["hidden", "hidden.1", "hidden.2"]);
  });

  test.each([
    ["an unknown domain", { rate: { logUnifrm: [1, 2] } }, "tune/domain", ["space › rate", "logUnifrm", "logUniform"]],
    [
      "an impossible range",
      { a: { branch: { b: { rate: { logUniform: [1, 0.1] } } } } },
      "tune/range",
      ["space › a › b › rate", "1 to 0.1"],
    ],
    ["one end", { rate: { uniform: [1] } }, "tune/domain", ["received [1]"]],
    ["an empty choice", { act: { choice: [] } }, "tune/choice", ["space › act"]],
    ["no list", { act: { choice: "relu" } }, "tune/domain", ['received "relu"']],
    ["two domains", { act: { choice: [1], uniform: [0, 1] } }, "tune/domain", ["with one domain"]],
    ["a number", { rate: 0.1 }, "tune/domain", ["received 0.1"]],
    ["a list", [1], "tune/domain", ["a record of hyperparameters"]],
    ["a repeat without count", { h: { repeat: { of: { integer: [1, 2] } } } }, "tune/domain", ["count and of"]],
    [
      "a repeat of a branch",
      { h: { repeat: { count: { integer: [1, 2] }, of: { branch: { a: {} } } } } },
      "tune/domain",
      ["single values"],
    ],
    [
      "a count of words",
      { h: { repeat: { count: { choice: ["a"] }, of: { integer: [1, 2] } } } },
      "tune/domain",
      ["whole numbers"],
    ],
    ["a name with a dot", { "a.b": { uniform: [0, 1] } }, "tune/name", ["a.b"]],
  ] as const)("%s is refused with its place", (_, wrong, code, words) => {
    const error = thrown(() => spaceFrom(wrong as unknown as Json));
    expect(error.code).toBe(code);
    for (const word of words) expect(`${error.message} ${error.hint}`).toContain(word);
  });
});
