/**
 * Standard output and standard error. What cannot be written never ends what a process does: a reader that has gone is
 * no failure, and a full disk is known when the work is done.
 */
import { once } from "node:events";
import { printed, printedJson } from "./printed.ts";

/** One of the two streams that every process has. */
class Outlet {
  readonly #stream: NodeJS.WriteStream;
  #failure: NodeJS.ErrnoException | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    // Each failed write tells its own caller below; without a listener it would also end the process.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure ??= error;
    });
  }

  /** Whether nobody reads it anymore, as after `| head`. */
  get closed(): boolean {
    const code = this.#failure?.code ?? "";
    return closing.has(code) || (code === "EIO" && this.isTerminal);
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** What prevents writing; undefined where nothing does, or where the reader has gone. */
  get failure(): Error | undefined {
    return this.closed ? undefined : this.#failure;
  }

  /** Sends a text as it is; nothing after a failure, which would leave a gap. */
  send(text: string): void {
    if (this.#failure !== undefined) return;
    const sent = new Promise<void>((resolve) => {
      this.#stream.write(text, (error) => {
        this.#failure ??= error ?? undefined;
        resolve();
      });
    });
    this.#last = sent;
  }

  /** The same, and waits until there is room for more. */
  async sendSlowly(text: string): Promise<void> {
    this.send(text);
    if (this.#failure === undefined && this.#stream.writableNeedDrain) {
      await Promise.race([once(this.#stream, "drain").catch(() => {}), this.#last]);
    }
  }

  /** Waits until everything that was sent is written or has failed. */
  async settled(): Promise<void> {
    await this.#last;
  }
}

/** What a pipe or a terminal says whose other end is closed. */
const closing: ReadonlySet<string> = new Set(["EPIPE", "EOF", "ERR_STREAM_DESTROYED"]);

/** Standard output, for text that is data and must stay as it is; what people read goes through `printOut`. */
export const standardOutput = new Outlet(process.stdout);

/** Standard error. */
export const standardError = new Outlet(process.stderr);

/** Prints text on standard output; what a terminal would obey and nabla did not write is shown instead. */
export function printOut(text: string): void {
  standardOutput.send(printed(text));
}

/** Prints text on standard error, as `printOut` does. */
export function printError(text: string): void {
  standardError.send(printed(text));
}

/** Prints one JSON document on a line of standard output. */
export function printJson(document: unknown, indent?: number): void {
  standardOutput.send(`${printedJson(document, indent)}\n`);
}
