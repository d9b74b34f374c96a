/** The average of the best of several trainings of one plan: what is handed over where it errs no more than the best alone. */
import { compact, ensembleOf, membersOf, type Trained } from "nabla";
import type { RunStore } from "../store/run-store.ts";
import { saveTrained } from "../store/trained-model.ts";
import type { RunResult } from "./run-events.ts";

/** The networks of a run's model. */
export function networksOf({ trained }: Pick<RunResult, "trained">): readonly Trained[] {
  const members = membersOf(trained);
  return members.length === 0 ? [trained] : members;
}

/**
 * The best run with a model that averages its networks and those of the others, its own first, so that what measures them stays
 * theirs. Only runs of as many networks count, that learned no other rows; without any the best stays as it is.
 */
export async function withAverage(best: RunResult, others: readonly RunResult[], store: RunStore): Promise<RunResult> {
  const { shipped } = best.outcome;
  const isAlike = ({ outcome }: RunResult): boolean =>
    outcome.shipped?.kind === shipped?.kind && outcome.shipped?.networks === shipped?.networks;
  const alike = others.filter(isAlike);
  if (shipped === undefined || shipped.kind === "refit" || best.model === undefined || alike.length === 0) return best;
  const networks = [best, ...alike].flatMap(networksOf);
  const trained = ensembleOf(networks);
  const outcome = { ...best.outcome, shipped: { ...shipped, kind: "members" as const, networks: networks.length } };
  const { preparation } = best.plan.prepared;
  const { temperature, ranges } = best;
  await saveTrained(best.model, { trained, preparation, run: best.run, ...compact({ temperature, ranges }) });
  await store.update(best.run, { outcome });
  return { ...best, trained, outcome };
}
