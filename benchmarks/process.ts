/** An engine's process, asked one thing at a time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Contestant {
  readonly engine: string;
  readonly threads: number;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly peer: boolean;
}

/** See protocol.ts for what can be asked. */
export class EngineProcess {
  readonly #child;
  readonly #answers;

  constructor({ command, environment = {} }: Contestant) {
    const [program = "", ...rest] = command;
    this.#child = spawn(program, rest, { env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "inherit"] });
    this.#child.on("error", () => {}); // a program that is not there ends its output: that is the answer
    this.#child.stdin.on("error", () => {});
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The answer; `missing` where the process ended instead. */
  async ask(request: object): Promise<Readonly<Record<string, unknown>>> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    return done === true ? { missing: "the process ended" } : (JSON.parse(value) as Record<string, unknown>);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null)
      await once(this.#child, "exit");
  }
}
