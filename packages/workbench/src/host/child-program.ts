/** A process that runs a file of this package, from its sources or as it was built, and outlives this one. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NablaError } from "nabla";

/** What a program of this package reports once it knows whether it can begin. */
export type Begun<T> = { readonly begun: T } | { readonly error: { code: string; message: string; hint?: string } };

/**
 * Starts `file`, named without its ending, with a message; gives what it reports when it has begun, and lets it go on by
 * itself. Throws what it reports in place of that, and `process/ended` where it ends without a word.
 */
export async function startProgram<T>(file: string, base: string, message: object): Promise<T> {
  const fromSources = base.endsWith(".ts");
  const script = fileURLToPath(new URL(`${file}.${fromSources ? "ts" : "js"}`, base));
  const execArgv = fromSources ? ["--conditions=nabla-source", "--disable-warning=ExperimentalWarning"] : [];
  const child = fork(script, [], { execArgv, detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  try {
    const answer = await new Promise<Begun<T>>((resolve, reject) => {
      child.once("message", (data) => resolve(data as Begun<T>));
      child.once("error", reject);
      child.once("exit", (code) =>
        reject(new NablaError("process/ended", `the process ended with code ${code} before it had begun`)),
      );
      child.send(message);
    });
    if ("begun" in answer) return answer.begun;
    throw new NablaError(answer.error.code, answer.error.message, answer.error.hint);
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}
