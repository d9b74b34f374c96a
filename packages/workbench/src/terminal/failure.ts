/** Prints an error as one sentence with a hint, without a stack trace. */

import { NablaError } from "nabla";
import { fileFailure } from "../host/file-failure.ts";
import { printError } from "../host/output.ts";
import { styleFor } from "./style.ts";

/** Prints an error, or a warning of the same kind, to stderr and gives the exit code. NABLA_DEBUG=1 prints its stack too. */
export function report(thrown: unknown, label: "error" | "warning" = "error"): number {
  const error = sentenceOf(thrown);
  const style = styleFor(process.stderr);
  const shown = style("red", `${label}:`);
  const debug = process.env.NABLA_DEBUG !== undefined && process.env.NABLA_DEBUG !== "";
  if (error instanceof NablaError) {
    for (const { message } of error.notices) printError(`note: ${message}\n`);
    printError(`${shown} ${error.message}\n`);
    if (error.hint !== undefined) printError(`hint: ${error.hint}\n`);
  } else {
    const message = error instanceof Error ? error.message : String(error);
    const [line = "something went wrong"] = message.split("\n");
    printError(`${shown} ${line.startsWith("internal:") ? line : `internal: ${line}`}\n`);
    if (!debug) printError("hint: this is a mistake in nabla; NABLA_DEBUG=1 shows where it happened\n");
  }
  if (debug && error instanceof Error) printError(`${error.stack}\n`);
  return error instanceof NablaError && error.code.startsWith("usage/") ? 2 : 1;
}

/** What the system refuses anywhere, as too many open files, is no mistake of nabla. */
function sentenceOf(error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  const path = "path" in error && typeof error.path === "string" ? ` ${error.path}` : "";
  return fileFailure(error, String(error.syscall), path.trim() || "what is needed");
}
