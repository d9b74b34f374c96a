import type { Notice } from "./notice.ts";

/**
 * The one error of nabla: a stable `code` for programs, a `message` that reads well alone, and a `hint` at what to do
 * about it. Callers add where it happened on the way up with `withContext` and never rewrite the sentence.
 */
export class NablaError extends Error {
  override readonly name = "NablaError";
  readonly code: string;
  readonly hint: string | undefined;
  readonly where: readonly string[];
  /** The keys that lead to what is wrong in the data that was read, where data was read. */
  readonly keys: readonly (string | number)[] | undefined;
  /** What was noticed before it happened, and may be its cause. */
  readonly notices: readonly Notice[];
  readonly #sentence: string;

  /**
   * `code` is `area/what`; `sentence` names what was expected and what was received; `hint` tells the user what to do.
   */
  constructor(
    code: string,
    sentence: string,
    hint?: string,
    where: readonly string[] = [],
    keys?: readonly (string | number)[],
    notices: readonly Notice[] = [],
  ) {
    super([...where, sentence].join(" › "));
    this.code = code;
    this.hint = hint;
    this.where = where;
    this.keys = keys;
    this.notices = notices;
    this.#sentence = sentence;
  }

  /** The message without where it happened. */
  get sentence(): string {
    return this.#sentence;
  }

  /**
   * The same error seen from one level higher: the message of `error.withContext("hidden2")` starts with `hidden2 › `.
   */
  withContext(place: string): NablaError {
    const outer = new NablaError(
      ...([this.code, this.sentence, this.hint, [place, ...this.where], this.keys, this.notices] as const),
    );
    if (this.stack !== undefined) outer.stack = this.stack.replace(this.message, outer.message);
    return outer;
  }

  /** The same error after something was noticed. */
  withNotices(notices: readonly Notice[]): NablaError {
    const all = [...notices, ...this.notices];
    const outer = new NablaError(...([this.code, this.sentence, this.hint, this.where, this.keys, all] as const));
    if (this.stack !== undefined) outer.stack = this.stack;
    return outer;
  }
}

/** Runs `action`; a NablaError that leaves it carries `place`. */
export function withContext<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof NablaError ? error.withContext(place) : error;
  }
}

/** Guards what only a mistake inside nabla can break. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}

/** The value, which an invariant says is there. */
export function known<T>(value: T | undefined | null, what: string): T {
  invariant(value !== undefined && value !== null, `${what} is missing`);
  return value;
}
