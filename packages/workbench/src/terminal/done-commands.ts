/** What was done to a live run, and how to continue. */
import type { Done } from "../live/request-channel.ts";
import { commandsOn } from "./command-line.ts";

/** A line for each thing that was done, and the commands that resume what is stopped now. */
export function doneText(
  done: readonly Done[],
  { place, stopped }: { readonly place: string | undefined; readonly stopped?: string },
): string {
  const line = commandsOn(place);
  const lines = done.flatMap(({ kind, summary, run }) =>
    kind === "fork" && run !== undefined
      ? [summary, `  ${line("resume", run, "--live")}  continues its training`]
      : [summary],
  );
  return [...lines, ...(stopped === undefined ? [] : [`  ${line("resume", stopped, "--live")}  resumes it`])].join(
    "\n",
  );
}
