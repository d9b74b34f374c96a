/** Operator notation, which TypeScript has no overloading for: tf.expr`${w}**2 - 10*${w} + 25`. */
import { NablaError } from "../base/error.ts";
import { listing, nearest } from "../base/text.ts";
import * as arithmetic from "./arithmetic.ts";
import { Tensor } from "./graph.ts";
import { constant } from "./leaves.ts";
import { matmul, transpose } from "./movement.ts";
import { relu, softmax } from "./nn.ts";
import type { Operand } from "./operands.ts";
import { reduceMean, reduceSum } from "./reductions.ts";

type Value = Operand;
type Fold = (x: number, y: number) => number;

/** Two numbers are worked out at once, as Python does before TensorFlow sees them. */
const OPERATORS: Readonly<Record<string, readonly [of: (x: Value, y: Value) => Tensor, fold: Fold | undefined]>> = {
  "+": [arithmetic.add, (x, y) => x + y],
  "-": [arithmetic.subtract, (x, y) => x - y],
  "*": [arithmetic.multiply, (x, y) => x * y],
  "/": [arithmetic.divide, (x, y) => x / y],
  "**": [arithmetic.pow, (x, y) => x ** y],
  "@": [matmul, undefined],
};

const { abs, exp, log, maximum, minimum, pow, sigmoid, sqrt, square, tanh } = arithmetic;
const UNARY: Readonly<Record<string, (x: Value) => Tensor>> = {
  abs,
  exp,
  log,
  reduceMean,
  reduceSum,
  relu,
  sigmoid,
  softmax,
  sqrt,
  square,
  tanh,
  transpose,
};
const BINARY: Readonly<Record<string, (x: Value, y: Value) => Tensor>> = { matmul, maximum, minimum, pow };

interface Token {
  readonly text: string;
  readonly at: number;
  readonly value?: Value;
}

/**
 * The tensor of an expression: + - * / @ and ** with Python's precedence, parentheses, places in brackets as
 * `${x}[0][0]`, and calls of common functions. Records what the equivalent functions would. Throws
 * `tf1/expression` with the position.
 */
export function expr(texts: TemplateStringsArray, ...values: readonly Value[]): Tensor {
  const source = texts.reduce((sofar, text, i) => `${sofar}{${i}}${text}`);
  const parser = new Parser(source, tokensOf(source, texts, values));
  const result = parser.sum();
  parser.expect("");
  return result instanceof Tensor ? result : constant(result as number);
}

const TOKEN = /((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|[A-Za-z]\w*|\*\*|[-+*/@()[\],]|\S/gi;
const KNOWN = /^(?:[\w.]+|\*\*|[-+*/@()[\],])$/;

/** Texts cut into tokens; between them are the values, each shown as its number in braces. */
function tokensOf(source: string, texts: readonly string[], values: readonly Value[]): Token[] {
  const tokens: Token[] = [];
  let begin = 0;
  for (const [i, text] of texts.entries()) {
    for (const found of text.matchAll(TOKEN)) {
      const at = begin + found.index;
      const [sign, digits] = found;
      if (!KNOWN.test(sign)) throw fault(source, at, `"${sign}" has no meaning here`);
      tokens.push(digits === undefined ? { text: sign, at } : { text: sign, at, value: Number(digits) });
    }
    begin += text.length;
    if (i === texts.length - 1) break;
    const shown = `{${i + 1}}`;
    tokens.push({ text: shown, at: begin, value: values[i] as Value });
    begin += shown.length;
  }
  return [...tokens, { text: "", at: source.length }];
}

function fault(source: string, at: number, message: string, hint?: string): NablaError {
  return new NablaError("tf1/expression", `${message}, at position ${at + 1} of "${source}"`, hint);
}

/** Recursive descent, a method for each level of precedence, the weakest first. */
class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  sum(): Value {
    return this.#chain(["+", "-"], () => this.#product());
  }

  /** Goes past a sign. */
  expect(text: string): void {
    const token = this.#peek();
    if (token.text !== text) throw this.#unexpected(text === "" ? "the end" : `"${text}"`);
    this.#next++;
  }

  #product(): Value {
    return this.#chain(["*", "/", "@"], () => this.#signed());
  }

  #chain(signs: readonly string[], part: () => Value): Value {
    let left = part();
    for (let sign = this.#taken(signs); sign !== undefined; sign = this.#taken(signs))
      left = combine(sign, left, part());
    return left;
  }

  #signed(): Value {
    const sign = this.#taken(["-", "+"]);
    if (sign === undefined) return this.#power();
    const value = this.#signed();
    if (sign === "+") return value;
    return typeof value === "number" ? -value : arithmetic.negative(value);
  }

  /** Binds stronger than a sign before it, weaker than one after it, and from the right: -2**-x**2. */
  #power(): Value {
    const base = this.#placed();
    return this.#taken(["**"]) === undefined ? base : combine("**", base, this.#signed());
  }

  #placed(): Value {
    let value = this.#atom();
    for (let open = this.#peek(); this.#taken(["["]) !== undefined; open = this.#peek()) {
      const places = this.#list("]").map(Number);
      if (!(value instanceof Tensor)) throw fault(this.#source, open.at, "only tensors have places");
      value = value.at(...places);
    }
    return value;
  }

  #atom(): Value {
    const token = this.#peek();
    if (token.value !== undefined) {
      this.#next++;
      return token.value;
    }
    if (this.#taken(["("]) !== undefined) {
      const value = this.sum();
      this.expect(")");
      return value;
    }
    if (/^\w/.test(token.text)) return this.#call(token);
    throw this.#unexpected("a number, a tensor or a function");
  }

  #call({ text, at }: Token): Value {
    this.#next++;
    const [one, two] = [UNARY[text], BINARY[text]];
    if (one === undefined && two === undefined) {
      const hint = `did you mean ${listing(nearest(text, [...Object.keys(UNARY), ...Object.keys(BINARY)]), "or")}?`;
      throw fault(this.#source, at, `there is no function "${text}"`, hint);
    }
    this.expect("(");
    const given = this.#list(")");
    const [x, y] = given;
    if (one !== undefined && x !== undefined && given.length === 1) return one(x);
    if (two !== undefined && x !== undefined && y !== undefined && given.length === 2) return two(x, y);
    throw fault(this.#source, at, `${text} takes ${one === undefined ? 2 : 1}, and was given ${given.length}`);
  }

  #list(end: string): readonly Value[] {
    const values = [this.sum()];
    while (this.#taken([","]) !== undefined) values.push(this.sum());
    this.expect(end);
    return values;
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #taken(signs: readonly string[]): string | undefined {
    const { text } = this.#peek();
    if (!signs.includes(text)) return undefined;
    this.#next++;
    return text;
  }

  #unexpected(wanted: string): NablaError {
    const { text, at } = this.#peek();
    return fault(this.#source, at, `expected ${wanted}, found ${text === "" ? "the end" : `"${text}"`}`);
  }
}

function combine(sign: string, x: Value, y: Value): Value {
  const [of, fold] = OPERATORS[sign] as (typeof OPERATORS)[string];
  return typeof x === "number" && typeof y === "number" && fold !== undefined ? fold(x, y) : of(x, y);
}
