/** Prints an error as one sentence with a hint, without a stack trace. */
import { NablaError } from "nabla";
import { styleFor } from "./style.ts";

/** Prints an error to stderr and gives the exit code. NABLA_DEBUG=1 prints its stack too. */
export function report(error: unknown): number {
  const style = styleFor(process.stderr);
  const label = style("red", "error:");
  const debug = process.env.NABLA_DEBUG !== undefined && process.env.NABLA_DEBUG !== "";
  if (error instanceof NablaError) {
    for (const { message } of error.notices) process.stderr.write(`note: ${message}\n`);
    process.stderr.write(`${label} ${error.message}\n`);
    if (error.hint !== undefined) process.stderr.write(`hint: ${error.hint}\n`);
  } else {
    const message = error instanceof Error ? error.message : String(error);
    const [line = "something went wrong"] = message.split("\n");
    process.stderr.write(`${label} ${line.startsWith("internal:") ? line : `internal: ${line}`}\n`);
    if (!debug) process.stderr.write("hint: this is a mistake in nabla; NABLA_DEBUG=1 shows where it happened\n");
  }
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof NablaError && error.code.startsWith("usage/") ? 2 : 1;
}
