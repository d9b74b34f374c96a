/** All that is decided before the first step of a training. */
import { resolve } from "node:path";
import { compact, type Notice, trainingDefaults } from "nabla";
import { checkOutput } from "../store/model-output.ts";
import type { DataWarning } from "./data-checks.ts";
import type { Experiment, ResolvedExperiment } from "./fields.ts";
import { foldsOf } from "./folds.ts";
import type { Parts, PreparedParts } from "./parts.ts";
import { openParts, prepareParts } from "./parts.ts";
import { preparationNotices } from "./preparation-notices.ts";
import { resolveExperiment } from "./resolve.ts";

/** All that is decided before the first step. */
export interface Plan {
  readonly resolved: ResolvedExperiment;
  readonly parts: Parts;
  readonly prepared: PreparedParts;
  /** What the user should know about the data. */
  readonly notices: readonly Notice[];
  /** Warnings about the data; for a resumed run they were already reported. */
  readonly suspicions?: readonly DataWarning[];
}

/** Reads, divides and prepares the data of an experiment and decides what it leaves open. Nothing is written. */
export async function planExperiment(experiment: Experiment): Promise<Plan> {
  if (experiment.output !== undefined) await checkOutput(experiment.output);
  const { seed = trainingDefaults.seed } = experiment;
  const parts = await openParts({ ...experiment, seed });
  const prepared = prepareParts(parts);
  const { classes, inputs } = prepared.train;
  const resolved = resolveExperiment(
    { ...experiment, ...compact({ image: parts.image }), data: resolve(experiment.data) },
    {
      task: parts.task,
      split: parts.policy.fractions,
      rows: parts.rows.train,
      outputs: classes?.length ?? 1,
      shape: inputs.shape.slice(1),
    },
  );
  if (resolved.folds !== undefined) foldsOf(resolved, parts, resolved.folds);
  const suspicions = await parts.inspect();
  const notices = [...parts.profile.notices, ...preparationNotices(prepared.preparation, parts.train)];
  return { resolved, parts, prepared, notices, suspicions };
}

/**
 * As `planExperiment`, without the columns that alone give the answer away; a notice names them. Where all inputs do, all
 * of them stay, and the suspicion with them.
 */
export async function planWithoutLeaks(experiment: Experiment): Promise<Plan> {
  const plan = await planExperiment(experiment);
  const leak = plan.suspicions?.find(({ columns }) => columns !== undefined);
  const { columns = [] } = leak ?? {};
  if (leak === undefined || columns.length === plan.parts.train.columns.length) return plan;
  const without = await planExperiment({ ...experiment, ignore: [...(experiment.ignore ?? []), ...columns] });
  const message = `${leak.message}: left out`;
  return { ...without, notices: [...without.notices, { code: "data/ignored", message }] };
}
