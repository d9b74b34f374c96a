/** A process that runs a file of this package, from its sources or as it was built, and outlives this one. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NablaError } from "nabla";

/** What a program of this package reports once it knows whether it can begin. */
export type Begun<T> =
  | { readonly begun: T }
  | { readonly error: { code: string; message: string; hint?: string; keys?: readonly (string | number)[] } };

/**
 * Starts `file`, named without its ending, with an order; gives what it reports when it has begun, and lets it go on by
 * itself. Throws what it reports in place of that, and `process/ended` where it ends without a word.
 */
export async function startProgram<T>(file: string, base: string, order: object): Promise<T> {
  const child = forked(file, base, { detached: true });
  try {
    const answer = await new Promise<Begun<unknown>>((resolve, reject) => {
      child.once("message", (data) => resolve(data as Begun<unknown>));
      child.once("error", reject);
      child.once("exit", (code) =>
        reject(new NablaError("process/ended", `the process ended with code ${code} before it had begun`)),
      );
      child.send(order);
    });
    return begunOf<T>(answer);
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function forked(file: string, base: string, { detached }: { readonly detached: boolean }): ChildProcess {
  const fromSources = base.endsWith(".ts");
  const script = fileURLToPath(new URL(`${file}.${fromSources ? "ts" : "js"}`, base));
  const execArgv = fromSources ? ["--conditions=nabla-source", "--disable-warning=ExperimentalWarning"] : [];
  return fork(script, [], { execArgv, detached, stdio: ["ignore", "ignore", "ignore", "ipc"] });
}

/** A question to a process that answers one after the other, and its answer. */
export interface ChildQuestion<Q> {
  readonly number: number;
  readonly question: Q;
}

/** The answer to the question of that number. */
export type ChildAnswer = Begun<unknown> & { readonly number: number };

/** Milliseconds without a question after which a process is let go. */
const IDLE = 120_000;

/** A process of this package that answers questions, begun when the first is asked and ended with this one. */
export class ChildService<Q> {
  readonly #file: string;
  readonly #base: string;
  readonly #waiting = new Map<number, (answer: Begun<unknown>) => void>();
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #asked = 0;

  /** `file` is named without its ending, beside `base`. */
  constructor(file: string, base: string) {
    this.#file = file;
    this.#base = base;
  }

  /** Asks. Throws what the process reports in place of an answer, and `process/ended` where it ends without one. */
  async ask<T>(question: Q): Promise<T> {
    clearTimeout(this.#idle);
    this.#child ??= this.#begin();
    const child = this.#child;
    this.#asked += 1;
    const number = this.#asked;
    const answer = await new Promise<Begun<unknown>>((resolve) => {
      this.#waiting.set(number, resolve);
      child.send({ number, question });
    });
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.close(), IDLE).unref();
    return begunOf<T>(answer);
  }

  /** Ends the process; those who wait are told so. */
  close(): void {
    clearTimeout(this.#idle);
    this.#child?.kill();
    this.#child = undefined;
  }

  #begin(): ChildProcess {
    const child = forked(this.#file, this.#base, { detached: false });
    child.on("message", (data) => {
      const { number, ...answer } = data as ChildAnswer;
      this.#waiting.get(number)?.(answer);
      this.#waiting.delete(number);
    });
    const ended = (message: string): void => {
      if (this.#child === child) this.#child = undefined;
      for (const tell of this.#waiting.values()) tell({ error: { code: "process/ended", message } });
      this.#waiting.clear();
    };
    child.once("error", (error) => ended(`the process could not go on: ${error.message}`));
    child.once("exit", (code) => ended(`the process ended with code ${code} before it had answered`));
    return child;
  }
}

function begunOf<T>(answer: Begun<unknown>): T {
  if ("begun" in answer) return answer.begun as T;
  const { code, message, hint, keys } = answer.error;
  throw new NablaError(code, message, hint, [], keys);
}

/** An error as a process reports it. */
export function reportedError(error: unknown): Exclude<Begun<unknown>, { readonly begun: unknown }> {
  const { code, message, hint, keys } =
    error instanceof NablaError ? error : new NablaError("ui/failed", String(error));
  return { error: { code, message, ...(hint === undefined ? {} : { hint }), ...(keys === undefined ? {} : { keys }) } };
}
