/** Processes that train, one assignment each at a time. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type Assignment, type Measurement, measureMethod } from "./methods.ts";

/** What a worker answers; an error is one of the benchmark itself. */
type Reply = { readonly measured: Measurement } | { readonly error: string };

/** What a process does that was started as a worker. */
export function serveAssignments(): void {
  process.on("message", (assignment: Assignment) => {
    const reply = (answer: Reply): void => void process.send?.(answer);
    measureMethod(assignment).then(
      (measured) => reply({ measured }),
      (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}

/** Carries out assignments in `jobs` processes of `script`, and calls `done` as each ends. Throws where one fails. */
export async function carryOut(
  assignments: readonly Assignment[],
  { jobs, script, done }: { jobs: number; script: string; done: (one: Assignment, measured: Measurement) => void },
): Promise<void> {
  const waiting = [...assignments];
  const work = async (): Promise<void> => {
    let child: ChildProcess | undefined;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        child ??= fork(script, ["--worker"], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
        done(next, await ask(child, next));
      }
    } finally {
      child?.kill();
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

async function ask(child: ChildProcess, assignment: Assignment): Promise<Measurement> {
  const answered = new AbortController();
  const { signal } = answered;
  child.send(assignment);
  try {
    const reply = await Promise.race([
      once(child, "message", { signal }).then(([answer]) => answer as Reply),
      once(child, "exit", { signal }).then(([code]): Reply => ({ error: `the worker ended with ${code}` })),
    ]);
    if ("measured" in reply) return reply.measured;
    const { entry, method, seed } = assignment;
    throw new Error(`${entry.name}, ${method}, seed ${seed}: ${reply.error}`);
  } finally {
    answered.abort();
  }
}
