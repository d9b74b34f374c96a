/** A run that starts from another run's current state. */
import { dirname, join } from "node:path";
import { type Checkpoint, grouped, NablaError } from "nabla";
import { saveCheckpoint } from "../store/checkpoint.ts";
import type { RunStore } from "../store/run-store.ts";
import { changeEvent, kinds, type LiveChange } from "./journal.ts";

/** Options of `forkRun`. */
export interface ForkOptions {
  readonly store: RunStore;
  /** The file of the first run's checkpoint: the new one's is next to it. */
  readonly beside: string;
  /** The first run's current state. */
  readonly checkpoint: Checkpoint;
  /** What was changed in it so far. */
  readonly changes: readonly LiveChange[];
  /** The readable half of the new run's id. Default: that of the first one. */
  readonly name?: string;
}

/** Throws `live/name` for a name that a run has already, since `nabla resume <name>` would not know which is meant. */
export async function refuseName(name: string, store: Pick<RunStore, "list">): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,23}$/.test(name)) {
    const hint = "small letters, digits and hyphens, at most 24";
    throw new NablaError("live/name", `"${name}" cannot name a run`, hint);
  }
  const [other] = await store.list({ name, deleted: true, limit: 1 });
  if (other !== undefined)
    throw new NablaError("live/name", `there is a run ${other.id} already`, "choose another name");
}

/**
 * Stores a stopped run with the epochs, the journal and the position of a running run, whose child it is, and gives its
 * id: `nabla resume` trains it. Its model goes to a folder of its own.
 */
export async function forkRun(id: string, { store, beside, checkpoint, changes, name }: ForkOptions): Promise<string> {
  const first = await store.get(id);
  const { job, data, seed, version, task, target, rows, parameters } = first;
  const { output: _output, ...resolved } = job as Readonly<Record<string, typeof job>>;
  const { step } = checkpoint.position;
  const fork = await store.create({
    ...{ name: name ?? first.name, job: resolved, data, seed, version, task, target, rows, parameters },
    parent: id,
    notes: `forked from ${id} after step ${grouped(step)}`,
  });
  const file = join(dirname(beside), `${fork.id}.safetensors`);
  await saveCheckpoint(file, checkpoint);
  const events = [...changes.map(changeEvent), { kind: kinds.forked, data: { step, run: id } }];
  await store.append(fork.id, { epochs: first.epochs, events });
  await store.update(fork.id, { checkpoint: file, status: "stopped" });
  return fork.id;
}
