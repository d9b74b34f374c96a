/** How ops on single elements read in JavaScript. */
import { known } from "../../base/error.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** An expression, and how strongly its outermost operator binds: as JavaScript's own precedence, 18 for what needs no brackets. */
export interface Expression {
  readonly text: string;
  readonly binding: number;
}

const WHOLE = 18;
const UNARY = 14;

/** Something that never needs brackets: a name, a call, an element. */
export function atom(text: string): Expression {
  return { text, binding: WHOLE };
}

/** The shortest decimal that is this number in float32. */
export function numeral(value: number): Expression {
  let text = String(value);
  for (let digits = 8; digits > 0; digits--) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) text = String(shorter);
  }
  return { text, binding: text.startsWith("-") ? UNARY : WHOLE };
}

type Print = (...of: readonly Expression[]) => Expression;

const NOTHING = atom("0");

function within(binding: number, { text, binding: own }: Expression = NOTHING): string {
  return own < binding ? `(${text})` : text;
}

function infix(sign: string, binding: number): Print {
  return (a, b) => ({ text: `${within(binding, a)} ${sign} ${within(binding + 1, b)}`, binding });
}

function prefix(sign: string): Print {
  return (a) => ({ text: `${sign}${within(UNARY + 1, a)}`, binding: UNARY });
}

function call(name: string): Print {
  return (...of) => atom(`${name}(${of.map(({ text }) => text).join(", ")})`);
}

/** Ops that JavaScript has under the same name. */
const MATH = ["abs", "sign", "floor", "sqrt", "exp", "log", "expm1", "log1p", "sin", "cos", "tanh"];

const prints: Readonly<Record<string, Print>> = {
  ...Object.fromEntries(MATH.map((name) => [name, call(`Math.${name}`)])),
  negate: prefix("-"),
  sigmoid: (x) => ({ text: `1 / (1 + Math.exp(${prefix("-")(x ?? NOTHING).text}))`, binding: 12 }),
  softplus: call("softplus"),
  erf: call("erf"),
  add: infix("+", 11),
  subtract: infix("-", 11),
  multiply: infix("*", 12),
  divide: infix("/", 12),
  power: call("Math.pow"),
  maximum: call("Math.max"),
  minimum: call("Math.min"),
  equal: infix("===", 8),
  less: infix("<", 9),
  lessEqual: infix("<=", 9),
  and: infix("&&", 4),
  or: infix("||", 3),
  not: prefix("!"),
  select: (condition, a, b) => ({ text: `${within(3, condition)} ? ${within(3, a)} : ${within(3, b)}`, binding: 2 }),
};

/** Whether a node works on single elements of operands of its own shape. */
export function isElementwise({ op: { opName } }: Tensor): boolean {
  return opName === "cast" || Object.hasOwn(prints, opName);
}

/** What an elementwise node reads as, given its operands. A boolean becomes 1 or 0 where numbers are needed. */
export function printed(node: Tensor, operands: readonly Expression[]): Expression {
  const [x] = node.inputs;
  const [first = NOTHING] = operands;
  if (node.op.opName === "cast") {
    if (node.dtype === "bool") return infix("!==", 8)(first, NOTHING);
    if (x?.dtype === "bool") return call("Number")(first);
    return node.dtype === "int32" ? call("Math.trunc")(first) : first;
  }
  const truths = node.op.opName === "equal" && x?.dtype === "bool";
  return known(
    prints[node.op.opName],
    node.op.opName,
  )(...(truths ? operands.map((operand) => call("Number")(operand)) : operands));
}

/** The place in storage with these strides of the element `i` of an array of this size. */
export function storageIndex(size: readonly number[], strides: readonly number[], offset: number): string {
  const axes = size.flatMap((length, axis) => (length === 1 ? [] : [{ length, stride: strides[axis] ?? 0 }]));
  const terms: Expression[] = [];
  let behind = 1; // elements of all axes after this one
  for (let axis = axes.pop(); axis !== undefined; ) {
    const { stride } = axis;
    let { length } = axis;
    // neighboring axes that one stride walks are one
    for (axis = axes.pop(); axis !== undefined && axis.stride === stride * length; axis = axes.pop())
      length *= axis.length;
    const step = behind === 1 ? atom("i") : atom(`Math.floor(i / ${behind})`);
    const index = axis === undefined ? step : infix("%", 12)(step, numeral(length));
    if (stride !== 0) terms.unshift(stride === 1 ? index : infix("*", 12)(index, numeral(stride)));
    behind *= length;
  }
  if (offset !== 0 || terms.length === 0) terms.push(numeral(offset));
  return terms.reduce((sum, term) => infix("+", 11)(sum, term)).text;
}
