import type { EpochRecord } from "nabla";
import type { Run, RunDraft, RunHistory, RunMarks, RunState, RunStatus, StoredRunEvent } from "./run.ts";

/** What can be changed in a run; a field that is absent stays. Any state but "running" releases the run. */
export interface RunChange
  extends Partial<Pick<Run, "job" | "model" | "checkpoint" | "notes" | "outcome" | "parameters">> {
  /** How it ended; unchanged without it. */
  readonly status?: Exclude<RunState, "running">;
}

/** What happened since the last append. An event without a time gets the present one. */
export interface Happenings {
  /** Epochs that ended; none by default. */
  readonly epochs?: readonly EpochRecord[];
  /** What happened besides; nothing by default. */
  readonly events?: readonly (Omit<StoredRunEvent, "at"> & { readonly at?: string })[];
  /** The training went back to the end of this epoch: those after it are taken out first. */
  readonly back?: number;
}

/** Which runs to list: all that fit every given field. */
export interface RunFilter {
  /** Only runs of this status; all by default. */
  readonly status?: RunStatus;
  /** Only runs of this name; all by default. */
  readonly name?: string;
  /** Only runs that this one led to; all by default. */
  readonly parent?: string;
  /** Only runs with these whole ids; all by default. */
  readonly ids?: readonly string[];
  /** Only those that were put away, or only those that were not; default both. */
  readonly archived?: boolean;
  /** The deleted ones too; default false. */
  readonly deleted?: boolean;
  /** So many at most; all by default. */
  readonly limit?: number;
}

/** The end of what happened in a run. */
export type RunTail = Pick<RunHistory, "epochs" | "events">;

/** When a run was last written to. */
export interface RunStamp {
  readonly id: string;
  readonly updated: string;
}

/**
 * Where runs are stored. The rules that every store obeys, and `storeKit` checks:
 *
 * 1. A method that has resolved is durable against the end of this process, and visible to every later reader.
 *    A method that throws has changed nothing.
 * 2. Any number of processes may use one store at once. Appends to one run never mix: each is there whole or not at all.
 * 3. A run belongs to the process that created or resumed it, until it sets a state or dies. While its owner lives, the
 *    run reads "running" and cannot be resumed; once it is dead, "interrupted". A living owner's run never reads
 *    "interrupted" while it is on this machine; on another machine after five minutes without a heartbeat.
 * 4. Epochs are known by their number: one that is appended again replaces the first (a resumed run repeats what came
 *    after its checkpoint). Events keep the order in which they were appended, and are never changed.
 * 5. `created` grows strictly with every run of one process, and lists go from the latest to the first.
 *
 * 6. A run that is removed is gone with its epochs, events and marks; the runs that it led to are those of the run that led
 *    to it. Only a deleted one can be, which no process works on.
 *
 * `append`, `update`, `mark`, `remove` and `resume` want whole ids; only `get` completes what people type. Every method throws
 * `store/unknown-run` for a run that is not there, and `store/locked`, `store/full`, `store/denied`, `store/damaged`.
 */
export interface RunStore {
  /** The place as people know it, for messages. */
  readonly place: string;
  /** Records the start of a run, owned by this process. The parent may be given by the start of its id. */
  create(draft: RunDraft): Promise<Run>;
  /** Takes over a run that no process works on. Throws `store/running` while its owner lives. */
  resume(id: string): Promise<Run>;
  append(id: string, happenings: Happenings): Promise<void>;
  update(id: string, change: RunChange): Promise<Run>;
  /** Changes tags, and whether a run is put away or deleted; what is absent stays. */
  mark(id: string, marks: Partial<RunMarks>): Promise<void>;
  /** Takes a deleted run out for good. Throws `store/running` while its owner lives, and `store/not-deleted`. */
  remove(id: string): Promise<void>;
  /** All runs, deleted ones too, or those that were written to at that time or later. */
  stamps(since?: string): Promise<readonly RunStamp[]>;
  /** The run with that id or unique prefix of it, or of its part after the name. Throws `store/ambiguous`. */
  get(start: string): Promise<RunHistory>;
  /** What came last in a run: its epochs from that number on, and its events after the first so many. */
  tail(id: string, from: { readonly epoch: number; readonly events: number }): Promise<RunTail>;
  list(filter?: RunFilter): Promise<readonly Run[]>;
  /** Closes the store without releasing runs: those of a process that is still alive stay its own. */
  close(): Promise<void>;
}
