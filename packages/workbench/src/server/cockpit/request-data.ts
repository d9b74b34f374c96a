/** What pages send, read and checked. */
import type { Context } from "hono";
import { compact, type Json, NablaError, read } from "nabla";
import { isRecord } from "nabla/fields";
import { isLiveCommand, type LiveCommand } from "../../live/live-command.ts";
import type { RunMarks } from "../../store/run.ts";
import type { FilledForm, StartRequest } from "./api-start.ts";

/** Bytes of a request at most, but for files. */
export const LARGEST = 1_000_000;

/** The parameters of the address that was asked. */
export function parametersOf(context: Context): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

/** What was sent as JSON. Throws `ui/data`. */
export async function sentData(context: Context): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  if (!type.startsWith("application/json")) throw new NablaError("ui/data", "expected JSON");
  try {
    return await context.req.json();
  } catch {
    throw new NablaError("ui/data", "expected JSON");
  }
}

/** Runs to be marked. */
export interface MarkRequest {
  readonly runs: readonly string[];
  readonly marks: Partial<RunMarks>;
}

const readMarks = read.record<{ runs: readonly string[]; marks: { [K in keyof RunMarks]?: RunMarks[K] | undefined } }>({
  runs: read.list(read.text),
  marks: read.record<{ [K in keyof RunMarks]?: RunMarks[K] | undefined }>({
    tags: read.optional(read.list(read.text)),
    archived: read.optional(read.flag),
    deleted: read.optional(read.flag),
  }),
});

/** Throws `record/field`. */
export function markRequest(data: unknown): MarkRequest {
  const { runs, marks } = readMarks(data, "the request");
  return { runs, marks: compact(marks) };
}

const readNotes = read.record<{ readonly notes: string }>({ notes: read.text });

/** Throws `record/field`. */
export function notesRequest(data: unknown): string {
  return readNotes(data, "the request").notes;
}

const readTry = read.record<{ readonly step: number }>({ step: read.whole });

/** The number of a proposed change. Throws `record/field`. */
export function tryRequest(data: unknown): number {
  return readTry(data, "the request").step;
}

/** Throws `ui/commands` for anything but a list of commands. */
export function commandsRequest(data: unknown): readonly LiveCommand[] {
  const commands = typeof data === "object" && data !== null && "commands" in data ? data.commands : undefined;
  if (Array.isArray(commands) && commands.length > 0 && commands.every(isLiveCommand)) return commands;
  throw new NablaError("ui/commands", "expected commands for a training, as pause or set");
}

function isForm(value: unknown): value is FilledForm & { readonly [name: string]: Json } {
  return isRecord(value);
}

/** What a form says. Throws `ui/data` for what is no form. */
export function formRequest(data: unknown): FilledForm {
  if (isForm(data)) return data;
  throw new NablaError("ui/data", "expected what a form says, as options by name");
}

const readHow = read.record<{ readonly untilGood?: boolean | undefined; readonly like?: string | undefined }>({
  untilGood: read.optional(read.flag),
  like: read.optional(read.text),
});

/** What the forms of a training or a study say. Throws `ui/data` for what is no form. */
export function formsRequest(data: unknown): StartRequest {
  const { experiment, study, untilGood, like } = formRequest(data);
  return compact({
    experiment: formRequest(experiment),
    study: study === undefined ? undefined : formRequest(study),
    ...readHow({ untilGood, like }, "the request"),
  });
}

const readRuns = read.record<{ readonly runs: readonly string[] }>({ runs: read.list(read.text) });

/** Ids of runs. Throws `record/field`. */
export function runsRequest(data: unknown): readonly string[] {
  return readRuns(data, "the request").runs;
}

const readThreshold = read.record<{ readonly threshold: number | null }>({ threshold: read.orNull(read.number) });

/** A threshold to save; undefined, which is sent as null, to take the last one back. Throws `record/field` and `ui/threshold`. */
export function thresholdRequest(data: unknown): number | undefined {
  const { threshold } = readThreshold(data, "the request");
  if (threshold === null) return undefined;
  if (threshold > 0 && threshold < 1) return threshold;
  throw new NablaError("ui/threshold", `a threshold is a probability above 0 and below 1, received ${threshold}`);
}
