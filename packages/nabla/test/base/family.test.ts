import { expect, test } from "vitest";
import { type Described, describe } from "../../src/base/described.ts";
import { logUniform } from "../../src/base/domain.ts";
import { family, makeKind, readerOf, schemaOfKinds } from "../../src/base/family.ts";
import { boolean, field, list, number, settingsOf, text, wholeNumber, word } from "../../src/base/field.ts";
import { inRange } from "../../src/base/range.ts";
import { byNameType, checkWord, kindType, numberType } from "../../src/base/value-type.ts";
import { thrown } from "../data/thrown.ts";

interface Shape extends Described {
  readonly area: number;
}

const shape = family<Shape, number>((area, { kind, options }) => ({ kind, options, area }));
const square = shape("square", { side: number({ above: 0, help: "its side" }) }, ({ side }) => side * side, {
  help: "four sides",
  args: ["side"],
});
const disc = shape(
  "disc",
  {
    radius: number({
      above: 0,
      default: 1,
      source: "the unit",
      adjustable: true,
      search: logUniform(0.1, 10),
      help: "r",
    }),
    hollow: boolean({ default: false, source: "usual", formerly: "empty", help: "whether it has a hole" }),
    name: text({ optional: true, help: "what it is called" }),
  },
  ({ radius, hollow }) => (hollow ? 0 : Math.PI * radius * radius),
  { help: "round" },
);
const shapeType = kindType<Shape>("shape", "area");
const group = shape(
  "group",
  {
    shapes: list(shapeType, { help: "its parts", least: 1 }),
    weights: field(byNameType(numberType({ atLeast: 0 })), { optional: true, help: "by name" }),
    order: word(["up", "down"], { default: "up", source: "usual", help: "which comes first" }),
    copies: wholeNumber({ atLeast: 1, default: 1, source: "one", help: "how many" }),
  },
  ({ shapes, copies }) => copies * shapes.reduce((sum, one) => sum + one.area, 0),
  { help: "several", rest: "shapes" },
);
const shapes = { square, disc, group };
const shapeFrom = readerOf<Shape>("shape", { shape: shapes });

test("a kind is called with its arguments, or made from its data; a word alone stands for one without options", () => {
  expect(square(3).area).toBe(9);
  expect(shapeFrom({ kind: "square", side: 3 }).area).toBe(9);
  expect(shapeFrom("disc").area).toBe(Math.PI);
  expect(group(square(2), disc({ hollow: true })).area).toBe(4);
  expect(disc.name).toBe("disc");
});

test("its data is complete, and makes the same again", () => {
  const made = group(square(2), disc());
  const data = {
    kind: "group",
    shapes: [
      { kind: "square", side: 2 },
      { kind: "disc", radius: 1, hollow: false },
    ],
    order: "up",
    copies: 1,
  };
  expect(describe(made)).toEqual(data);
  expect(describe(shapeFrom(JSON.parse(JSON.stringify(describe(made)))))).toEqual(data);
  expect(group.valuesOf(made).shapes[0]?.area).toBe(4);
  expect(() => square.valuesOf(made)).toThrow("no square");
});

test("an option is read under the name that earlier versions gave it", () => {
  expect(describe(shapeFrom({ kind: "disc", empty: true }))).toEqual({ kind: "disc", radius: 1, hollow: true });
});

test("what does not fit is named with its place, the keys that lead there, and what was likely meant", () => {
  expect(thrown(() => shapeFrom("sqare", "job › shape"))).toMatchObject({
    code: "options/kind",
    message: 'job › shape: "sqare" is no kind of shape',
    hint: expect.stringContaining("square"),
  });
  const inner = { kind: "group", shapes: ["disc", { kind: "square", sid: 3 }] };
  expect(thrown(() => shapeFrom(inner))).toMatchObject({
    code: "options/unknown",
    message: 'shape group › shapes[1] square has no option "sid"',
    hint: "did you mean side?",
    keys: ["shapes", 1, "sid"],
  });
  expect(thrown(() => shapeFrom("square"))).toMatchObject({
    code: "options/missing",
    message: 'shape square needs the option "side"',
  });
  expect(thrown(() => shapeFrom({ kind: "square", side: "3" }))).toMatchObject({
    code: "options/type",
    message: 'shape square › side: expected a number, received "3"',
    keys: ["side"],
  });
  expect(thrown(() => shapeFrom({ kind: "group", shapes: [], copies: 0 })).message).toContain("at least 1");
  expect(thrown(() => shapeFrom({ kind: "group", shapes: ["disc"], weights: { a: -1 } }))).toMatchObject({
    message: "shape group › weights › a must be a finite number not below 0, received -1",
    keys: ["weights", "a"],
  });
  expect(thrown(() => shapeFrom({ kind: "constructor" })).code).toBe("options/kind");
  expect(thrown(() => shapeFrom(null)).code).toBe("options/type");
});

test("code is checked as data is, also what TypeScript would refuse", () => {
  expect(thrown(() => square(-1)).message).toBe("square › side must be a finite number above 0, received -1");
  expect(thrown(() => disc({ radios: 2 } as never)).hint).toContain("did you mean radius");
  expect(thrown(() => group("disc" as never)).message).toContain("expected what one of nabla's shape functions makes");
  expect(disc({ radius: undefined }).area).toBe(Math.PI);
  const wrong: readonly (readonly [() => unknown, string])[] = [
    [() => disc(2 as never), "disc: expected options by name, received 2"],
    [() => disc("wide" as never), 'disc: expected options by name, received "wide"'],
    [() => disc(null as never), "disc: expected options by name, received null"],
    [() => disc({ radius: null } as never), "disc › radius: expected a number, received null"],
    [() => (square as (...sides: number[]) => Shape)(3, 4), "square: expected options by name, received 4"],
    [() => (disc as (...given: object[]) => Shape)({}, {}), "disc: expected options by name, received [{},{}]"],
    [
      () => group(square as never),
      "group › shapes[0]: expected what one of nabla's shape functions makes, received the function square",
    ],
  ];
  for (const [call, message] of wrong) expect(thrown(call)).toMatchObject({ code: "options/type", message });
});

test("null is no open option in data either", () => {
  expect(thrown(() => shapeFrom({ kind: "disc", radius: null })).message).toContain(
    "radius: expected a number, received null",
  );
  expect(thrown(() => shapeFrom({ kind: "disc", empty: null })).message).toContain("received null");
});

test("a thing of another family, or a copy without its functions, is refused where it is given", () => {
  const other = family<Described & { readonly volume: number }, number>((volume, { kind, options }) => ({
    kind,
    options,
    volume,
  }));
  const cube = other("cube", {}, () => 1, { help: "of another family" });
  expect(thrown(() => group(cube() as never))).toMatchObject({
    code: "options/type",
    message: expect.stringContaining("group › shapes[0]: expected what one of nabla's shape functions makes"),
  });
  const { kind, options } = square(2);
  expect(thrown(() => group({ kind, options } as never)).code).toBe("options/type");
});

test("adjustable fields are settings with their ranges", () => {
  expect(settingsOf(disc.fields, disc.valuesOf(disc({ radius: 2 })))).toEqual({
    settings: { radius: 2 },
    ranges: { radius: { above: 0 } },
  });
});

test("the schema of a family holds every kind, with defaults and help", () => {
  const schema = JSON.parse(JSON.stringify(schemaOfKinds(shapes)));
  expect(schema.anyOf[0]).toEqual({ enum: ["disc"] });
  expect(schema.anyOf[2]).toEqual({
    type: "object",
    description: "round",
    properties: {
      kind: { const: "disc" },
      radius: { type: "number", exclusiveMinimum: 0, default: 1, description: "r" },
      hollow: { type: "boolean", default: false, description: "whether it has a hole" },
      name: { type: "string", minLength: 1, description: "what it is called" },
    },
    required: ["kind"],
    additionalProperties: false,
  });
  expect(schema.anyOf[3].properties.shapes.items).toEqual({ $ref: "#/$defs/shape" });
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
  expect(thrown(() => checkWord("fan", "on", ["in", "out"])).message).toBe('fan must be in or out, received "on"');
  expect(makeKind("shape", shapes, "disc", { place: "", keys: [], families: {} }).kind).toBe("disc");
});
