/** The models of a cyclic schedule, one per cycle, saved next to the run's model. */
import { join } from "node:path";
import { type EpochEvent, scheduleFrom, type Training } from "nabla";
import type { Plan } from "../experiment/plan.ts";
import { saveTrained } from "../store/trained-model.ts";

/** Where the snapshots of a run are saved: a model folder for each, by number. */
export function snapshotFolder(model: string): string {
  return `${model}-snapshots`;
}

/** Saves the present weights when a cycle of the schedule has ended; does nothing for schedules without cycles. */
export function snapshotKeeper(
  { resolved, prepared: { preparation } }: Pick<Plan, "resolved" | "prepared">,
  model: string,
): (event: EpochEvent, training: Pick<Training, "model">) => Promise<void> {
  const { cycles } = scheduleFrom(resolved.schedule);
  if (cycles === undefined) return async () => {};
  // the epoch in which a cycle ends, where they do not divide evenly
  const ends = Array.from({ length: cycles }, (_, cycle) => Math.ceil(((cycle + 1) * resolved.epochs) / cycles));
  return async (event, training) => {
    const number = ends.indexOf(event.epoch) + 1;
    if (number === 0) return;
    await saveTrained(join(snapshotFolder(model), String(number)), {
      trained: await training.model("last"),
      preparation,
    });
  };
}
