/**
 * The one error of nabla: a stable `code` for programs, a sentence for people, and what to do about it. Callers add
 * where it happened on the way up with `within` and never rewrite what was said.
 */
export class NablaError extends Error {
  override readonly name = "NablaError";
  readonly code: string;
  readonly said: string;
  readonly hint: string | undefined;
  readonly where: readonly string[];

  /** `code` is `area/what`; `said` names what was expected and what was received; `hint` says what to do. */
  constructor(code: string, said: string, hint?: string, where: readonly string[] = []) {
    super(format(code, said, hint, where));
    this.code = code;
    this.said = said;
    this.hint = hint;
    this.where = where;
  }

  /** The same error seen from one level higher: `error.within("hidden2")` reads `hidden2 › …`. */
  within(place: string): NablaError {
    const outer = new NablaError(this.code, this.said, this.hint, [place, ...this.where]);
    if (this.stack !== undefined) outer.stack = this.stack.replace(this.message, outer.message);
    return outer;
  }
}

function format(code: string, said: string, hint: string | undefined, where: readonly string[]): string {
  const place = where.length === 0 ? "" : `${where.join(" › ")}: `;
  return `${code}\n  ${place}${said}${hint === undefined ? "" : `\n  hint: ${hint}`}`;
}

/** Runs `action`; a NablaError that leaves it carries `place`. */
export function within<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof NablaError ? error.within(place) : error;
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
