import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { valueOfConstant } from "../../src/graph/leaf.ts";
import * as tf from "../../src/tf1/index.ts";
import { thrown } from "../data/thrown.ts";

beforeEach(() => tf.resetDefaultGraph());

const run = async (tensor: tf.Tensor): Promise<unknown> => {
  await using session = tf.session();
  const result = await session.run(tensor);
  return typeof result === "number" ? result : [...result.data];
};

test.each([
  ["1 + 2*3", 7],
  ["(1 + 2)*3", 9],
  ["-2**2", -4],
  ["(-2)**2", 4],
  ["2**-1", 0.5],
  ["2**3**2", 512],
  ["8/4/2", 1],
  ["7 - 2 - 1", 4],
  ["-3*-2", 6],
  ["- -3", 3],
  ["+4", 4],
  ["1.5e1 + .5", 15.5],
])("T4 %s is %d, as Python has it", async (text, expected) => {
  const texts = Object.assign([text], { raw: [text] });
  expect(await run(tf.expr(texts))).toBe(expected);
});

test("T4 precedence holds for tensors too", async () => {
  const x = tf.constant(3);
  expect(await run(tf.expr`-${x}**2 + 2*${x}`)).toBe(-3);
  expect(await run(tf.expr`2**${x}*2 - ${x}/3`)).toBe(15);
  expect(await run(tf.expr`(${x} - 1)*(${x} + 1)`)).toBe(8);
});

test("T4 places, products of matrices and functions", async () => {
  const x = tf.constant([
    [1, 2],
    [3, 4],
  ]);
  expect(await run(tf.expr`${x}[1][0] + ${x}[0, -1]`)).toBe(5);
  expect(await run(tf.expr`${x} @ transpose(${x}) - 1`)).toEqual([4, 10, 10, 24]);
  expect(await run(tf.expr`reduceSum(square(${x})) + maximum(2, ${x}[0][0])`)).toBe(32);
  expect(await run(tf.expr`${[1, 2]} * 2`)).toEqual([2, 4]);
});

test.each([
  [["", " + "], 'expected a number, a tensor or a function, found the end, at position 7 of "{1} + "'],
  [["(", " + 2"], 'expected ")", found the end, at position 9 of "({1} + 2"'],
  [["2 ", ""], 'expected the end, found "{1}", at position 3 of "2 {1}"'],
  [["", " % 2"], '"%" has no meaning here, at position 5 of "{1} % 2"'],
  [["", " * ) 2"], 'expected a number, a tensor or a function, found ")", at position 7 of "{1} * ) 2"'],
  [["sqr(", ")"], 'there is no function "sqr", at position 1 of "sqr({1})"'],
  [["pow(", ")"], 'pow takes 2, and was given 1, at position 1 of "pow({1})"'],
  [["exp(", ", 2)"], 'exp takes 1, and was given 2, at position 1 of "exp({1}, 2)"'],
  [["3[0] + ", ""], 'only tensors have places, at position 2 of "3[0] + {1}"'],
  [["{1} + ", ""], `"{" has no meaning here, at position 1 of "{1} + {1}"`],
  [["exp ", ""], 'expected "(", found "{1}", at position 5 of "exp {1}"'],
])("T4 %j is refused with the position", (texts, message) => {
  const error = thrown(() => tf.expr(Object.assign(texts, { raw: texts }), tf.constant(1)));
  expect(error.code).toBe("tf1/expression");
  expect(error.message).toBe(message);
});

test("T4 a function that is nearly one is named", () => {
  expect(thrown(() => tf.expr`squar(2)`).hint).toContain("square");
});

type Sum = { readonly text: string; readonly value: number; readonly level: number };

/** Sums of numbers with what they come to; `level` is how strongly the outermost operator binds. */
const sums: fc.Arbitrary<Sum> = fc.letrec<{ readonly sum: Sum }>((tie) => {
  const pair = fc.tuple(tie("sum"), tie("sum"));
  const held = ({ text, level }: Sum, least: number): string => (level < least ? `(${text})` : text);
  const infix = (sign: string, level: number, of: (x: number, y: number) => number) =>
    pair.map(
      ([x, y]): Sum => ({
        // from the left, but for powers
        text: `${held(x, sign === "**" ? level + 1 : level)} ${sign} ${held(y, sign === "**" ? 3 : level + 1)}`,
        value: of(x.value, y.value),
        level,
      }),
    );
  return {
    sum: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.integer({ min: 0, max: 9 }).map((n): Sum => ({ text: String(n), value: n, level: 5 })),
      infix("+", 1, (x, y) => x + y),
      infix("-", 1, (x, y) => x - y),
      infix("*", 2, (x, y) => x * y),
      infix("/", 2, (x, y) => x / y),
      infix("**", 4, (x, y) => x ** y),
      tie("sum").map((x): Sum => ({ text: `-${held(x, 3)}`, value: -x.value, level: 3 })),
    ),
  };
}).sum;

test("T4 any sum comes to what its operators say", () => {
  fc.assert(
    fc.property(sums, ({ text, value }) => {
      const { node } = tf.expr(Object.assign([text], { raw: [text] }));
      expect(valueOfConstant(node).data[0]).toBe(Math.fround(value));
    }),
    { seed: 1, numRuns: 500 },
  );
});
