/** Taking the last change of a run back: to the checkpoint before it, without it in the journal. */
import { type Checkpoint, count, grouped, type Json, NablaError } from "nabla";
import { loadCheckpoint, saveCheckpoint } from "../store/checkpoint.ts";
import type { RunHistory } from "../store/run.ts";
import type { RunStore } from "../store/run-store.ts";
import { changesOf, kinds, type LiveChange } from "./journal.ts";
import type { LiveCommand } from "./live-command.ts";
import type { Done } from "./request-channel.ts";
import { undoCheckpointPath } from "./undo-checkpoints.ts";

/** How many changes can be undone; each has a checkpoint on disk. */
export const DEEPEST = 8;

/** Options of `undo`. */
export interface UndoOptions {
  readonly store: Pick<RunStore, "append">;
  readonly run: string;
  /** The file of the run's checkpoint. */
  readonly checkpoint: string;
  /** The changes that count. */
  readonly changes: readonly LiveChange[];
  /** The step that the run has completed. */
  readonly from: number;
}

/** Makes the place before the last change the run's own and writes it down. Throws `live/undo` where that cannot be. */
export async function undo(options: UndoOptions): Promise<{ readonly made: LiveChange; readonly back: Checkpoint }> {
  const { store, run, checkpoint, changes, from } = options;
  const made = changes.at(-1);
  if (made === undefined) throw new NablaError("live/undo", "there is no change to undo");
  const back = await loadCheckpoint(undoCheckpointPath(checkpoint, changes.length - 1)).catch((error: unknown) => {
    if (!(error instanceof NablaError) || error.code !== "checkpoint/missing") throw error;
    const message = "the checkpoint from before the last change is not there";
    const hint = `the last ${DEEPEST} changes made in this run itself can be taken back, until it has finished`;
    throw new NablaError("live/undo", message, hint);
  });
  const { step, epoch } = back.position;
  // the checkpoint first: one that knows of the change must not outlive it
  await saveCheckpoint(checkpoint, back);
  const { settings, was, said } = made;
  const data: Json = { step, from, settings, was, said };
  await store.append(run, { events: [{ kind: kinds.undo, data }], back: epoch });
  return { made, back };
}

/** A training's progress as text. */
export function placeText(step: number, epochs: number): string {
  return `after step ${grouped(step)}, ${count(epochs, "epoch")} finished`;
}

/** Takes changes of a run back that does not train, as one that went wrong by them; it is stopped then, and can be resumed. */
export async function undoStored(
  run: RunHistory,
  commands: readonly LiveCommand[],
  store: Pick<RunStore, "append" | "resume" | "update">,
): Promise<readonly Done[]> {
  const changes = [...changesOf(run.events)];
  const done: Done[] = [];
  await store.resume(run.id);
  try {
    for (const _ of commands) {
      const { checkpoint = "" } = run;
      const from = Math.max(run.epochs.at(-1)?.step ?? 0, changes.at(-1)?.step ?? 0);
      const { made, back } = await undo({ store, run: run.id, checkpoint, changes, from });
      changes.pop();
      const { step, epoch } = back.position;
      done.push({ kind: "undo", summary: `back ${placeText(step, epoch)}, before ${made.said}`, step });
    }
  } finally {
    const { status } = run;
    const as = done.length === 0 && (status === "finished" || status === "failed") ? status : "stopped";
    await store.update(run.id, { status: as });
  }
  return done;
}
