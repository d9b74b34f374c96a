/** The process of a training that a page started: it reports its run and goes on, whether or not a server is there. */
import { NablaError } from "nabla";
import type { JobPatch } from "nabla/diagnose";
import { patchExperiment } from "../../experiment/patch-experiment.ts";
import type { Begun } from "../../host/child-program.ts";
import { resumeRun } from "../../runs/resume-run.ts";
import type { RunEvent } from "../../runs/run-events.ts";
import { experimentOf, planOf } from "../../runs/stored-run.ts";
import { trainPlan } from "../../runs/train-file.ts";
import { openStore } from "../../store/open.ts";
import type { RunStore } from "../../store/run-store.ts";

/** What a page may start: a change of a run that its diagnosis proposes, or the rest of a run. */
export type RunOrder = { readonly store: string; readonly run: string } & (
  | { readonly kind: "try"; readonly step: number }
  | { readonly kind: "resume" }
);

async function* eventsOf(order: RunOrder, store: RunStore): AsyncGenerator<RunEvent, unknown, undefined> {
  if (order.kind === "resume") return yield* resumeRun(order.run, { store, live: true });
  const run = await store.get(order.run);
  const { output: _output, ...resolved } = experimentOf(run);
  const step = run.outcome?.recipe?.[order.step];
  if (step === undefined) throw new NablaError("ui/step", `the run ${run.id} proposes no change of that number`);
  const patched = patchExperiment(resolved, [step.try as JobPatch]);
  const plan = await planOf(run, patched);
  return yield* trainPlan(plan, { store, parent: run.id, notes: step.description, live: true });
}

function report(answer: Begun<string>): void {
  // the server may be gone before a training ends
  if (process.connected) process.send?.(answer, undefined, undefined, () => process.disconnect?.());
}

process.once("message", async (order: RunOrder) => {
  try {
    await using store = await openStore(order.store, { create: false, say: () => {} });
    for await (const event of eventsOf(order, store)) if (event.kind === "created") report({ begun: event.run });
  } catch (error) {
    const { code, message, hint } = error instanceof NablaError ? error : new NablaError("ui/failed", String(error));
    report({ error: { code, message, ...(hint === undefined ? {} : { hint }) } });
    process.exitCode = 1;
  }
});
