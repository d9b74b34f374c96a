/** The language in which runs are filtered: `dev.error < 5% and rate > 1e-3 and not tag = old`. */
import { listing, NablaError, nearest } from "nabla";
import type { RunCell, RunLine } from "./api.ts";

/** Whether a run fits. */
export type RunTest = (line: RunLine) => boolean;

const OPERATORS = ["<=", ">=", "!=", "<", ">", "=", "~"] as const;
type Operator = (typeof OPERATORS)[number];

interface Token {
  readonly kind: "word" | "text" | "operator" | "open" | "close";
  readonly text: string;
  readonly at: number;
}

const HINT =
  'as dev.error < 5% and rate > 1e-3; = != < <= > >= compare, ~ means "contains", and, or, not and brackets join';

function tokensOf(filter: string): readonly Token[] {
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*")|(<=|>=|!=|==|<|>|=|~)|(\()|(\))|([^\s()<>=!~"]+))/gy;
  const tokens: Token[] = [];
  while (pattern.lastIndex < filter.trimEnd().length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(filter);
    if (match === null) throw unreadable(filter, from);
    const [whole, quoted, operator, open, close, word] = match;
    const at = from + whole.length - whole.trimStart().length;
    if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.slice(1, -1).replace(/\\(.)/g, "$1"), at });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator === "==" ? "=" : operator, at });
    else if (open !== undefined) tokens.push({ kind: "open", text: open, at });
    else if (close !== undefined) tokens.push({ kind: "close", text: close, at });
    else tokens.push({ kind: "word", text: word ?? "", at });
  }
  return tokens;
}

function unreadable(filter: string, at: number): NablaError {
  const rest = filter.slice(at).trim();
  const message = rest === "" ? "the filter ends too early" : `the filter cannot be read from "${rest}" on`;
  return new NablaError("filter/syntax", message, HINT);
}

/**
 * Reads a filter; one without text lets every run through. `names` are those that may be compared; a last part that only
 * one of them has means that one, as `rate` `optimizer.rate`. Throws `filter/syntax` and `filter/name`.
 */
export function readFilter(filter: string, names: readonly string[]): RunTest {
  const tokens = tokensOf(filter);
  if (tokens.length === 0) return () => true;
  return new FilterReader(filter, tokens, names).read();
}

class FilterReader {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  readonly #names: readonly string[];
  #next = 0;

  constructor(filter: string, tokens: readonly Token[], names: readonly string[]) {
    this.#filter = filter;
    this.#tokens = tokens;
    this.#names = names;
  }

  read(): RunTest {
    const test = this.#any();
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    return test;
  }

  #any(): RunTest {
    const tests = [this.#all()];
    while (this.#takes("or")) tests.push(this.#all());
    return (line) => tests.some((test) => test(line));
  }

  /** Words beside each other are joined by "and". */
  #all(): RunTest {
    const tests = [this.#one()];
    for (;;) {
      if (this.#takes("and")) tests.push(this.#one());
      else if (this.#startsOne()) tests.push(this.#one());
      else return (line) => tests.every((test) => test(line));
    }
  }

  #startsOne(): boolean {
    const token = this.#tokens[this.#next];
    if (token === undefined || token.kind === "close" || token.kind === "operator") return false;
    return !(token.kind === "word" && token.text.toLowerCase() === "or");
  }

  #one(): RunTest {
    if (this.#takes("not")) {
      const test = this.#one();
      return (line) => !test(line);
    }
    const token = this.#take();
    if (token.kind === "open") {
      const test = this.#any();
      if (this.#take().kind !== "close") throw this.#unexpected(-1);
      return test;
    }
    if (token.kind !== "word" && token.kind !== "text") throw this.#unexpected(-1);
    const operator = this.#tokens[this.#next];
    if (operator?.kind !== "operator") return containing(token.text);
    this.#next += 1;
    const value = this.#take();
    if (value.kind !== "word" && value.kind !== "text") throw this.#unexpected(-1);
    const name = fullName(token.text, this.#names);
    return comparing(name, operator.text as Operator, value.text);
  }

  #takes(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "word" || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #take(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw unreadable(this.#filter, this.#filter.length);
    this.#next += 1;
    return token;
  }

  #unexpected(by = 0): NablaError {
    return unreadable(this.#filter, this.#tokens[this.#next + by]?.at ?? this.#filter.length);
  }
}

/** The name that a shorter one means. Throws `filter/name`. */
export function fullName(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const ending = names.filter((one) => one.endsWith(`.${name}`));
  const [only] = ending;
  if (only !== undefined && ending.length === 1) return only;
  if (ending.length > 1)
    throw new NablaError("filter/name", `"${name}" may be ${listing(ending, "or")}`, "write the whole name");
  const near = nearest(name, names, 3);
  throw new NablaError(
    "filter/name",
    `no run has "${name}"`,
    near.length === 0 ? HINT : `did you mean ${listing(near, "or")}?`,
  );
}

function containing(text: string): RunTest {
  const wanted = text.toLowerCase();
  return ({ id, name, file, target, notes = "", tags, status }) =>
    [id, name, file, target, notes, status, ...tags].some((one) => one.toLowerCase().includes(wanted));
}

/** A value as it is compared: `5%` is 0.05, `3k` stays a text. */
function numberIn(text: string): number {
  const [, digits = "", percent] = /^(.+?)(%?)$/.exec(text) ?? [];
  const value = digits.trim() === "" ? Number.NaN : Number(digits);
  return percent === "%" ? value / 100 : value;
}

function comparing(name: string, operator: Operator, text: string): RunTest {
  const number = numberIn(text);
  return (line) => {
    const cells = cellsOf(line, name);
    // nothing is neither more nor less than anything
    if (operator === "!=") return !cells.some((cell) => compares(cell, "=", { text, number }));
    return cells.some((cell) => compares(cell, operator, { text, number }));
  };
}

function compares(
  cell: RunCell,
  operator: Operator,
  { text, number }: { readonly text: string; readonly number: number },
): boolean {
  if (cell === null) return false;
  if (operator === "~") return String(cell).toLowerCase().includes(text.toLowerCase());
  if (typeof cell === "number" && !Number.isNaN(number)) return orders(cell - number, operator);
  const own = String(cell).toLowerCase();
  const wanted = text.toLowerCase();
  return orders(own < wanted ? -1 : Number(own > wanted), operator);
}

function orders(difference: number, operator: Operator): boolean {
  if (operator === "=") return difference === 0;
  if (operator === "<") return difference < 0;
  if (operator === ">") return difference > 0;
  if (operator === "<=") return difference <= 0;
  return difference >= 0;
}

/** What every run has beside settings and measures. */
export const LINE_NAMES = [
  "id",
  "name",
  "status",
  "file",
  "task",
  "target",
  "parent",
  "notes",
  "tag",
  "created",
  "updated",
] as const;

/** What a run has under a name: of tags several, of most names one. */
export function cellsOf(line: RunLine, name: string): readonly RunCell[] {
  if (name === "tag") return line.tags;
  const own = LINE_NAMES.find((one) => one === name);
  if (own !== undefined && own !== "tag") return [line[own] ?? null];
  return [line.measures[name] ?? line.settings[name] ?? null];
}
