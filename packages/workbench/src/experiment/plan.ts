/** All that is decided before the first step of a training. */
import { compact, NablaError, type Notice, trainingDefaults } from "nabla";
import { absolutePaths } from "../sources/paths-in.ts";
import { checkOutput } from "../store/model-output.ts";
import { beginNotices } from "./begin-notices.ts";
import { checkFrom } from "./check-from.ts";
import { chooseTargetScale, triesScales, withoutScaleAdvice } from "./choose-target-scale.ts";
import { inspected } from "./data-checks.ts";
import { scaleOfLoss } from "./data-fields.ts";
import type { DataWarning } from "./data-warning.ts";
import { factsOf } from "./facts.ts";
import type { Experiment, PartialExperiment, ResolvedExperiment } from "./fields.ts";
import { rotationNotice, withDev, withMembers } from "./folds.ts";
import { measureNotices } from "./measure.ts";
import { typedOptions } from "./option-words.ts";
import type { Parts, PreparedParts } from "./parts.ts";
import { afterNotices, openParts, prepareParts } from "./parts.ts";
import { preparationNotices } from "./preparation-notices.ts";
import { withRemedy } from "./remedy.ts";
import { resolveExperiment } from "./resolve.ts";

/** All that is decided before the first step. */
export interface Plan {
  readonly resolved: ResolvedExperiment;
  readonly parts: Parts;
  readonly prepared: PreparedParts;
  /** Whether the scale of the number to predict was chosen by trials, as another training on the same rows does too. */
  readonly choseScale?: boolean;
  /** What the user should know about the data. */
  readonly notices: readonly Notice[];
  /** Warnings about the data; for a resumed run they were already reported. */
  readonly suspicions?: readonly DataWarning[];
  /** All that was found about the data, advice among it, for the record of the run. */
  readonly warnings?: readonly DataWarning[];
}

/** Reads, divides and prepares the data of an experiment and decides what it leaves open. Nothing is written. */
export async function planExperiment(experiment: Experiment): Promise<Plan> {
  if (experiment.output !== undefined) await checkOutput(experiment.output);
  checkFrom(experiment);
  const { seed = trainingDefaults.seed } = experiment;
  const divided = withDev(experiment);
  const parts = await openParts({ ...divided, seed });
  return await afterNotices(parts.profile, async () => {
    const plan = await planOf(divided, parts);
    return { ...plan, notices: [...plan.notices, ...rotationNotice(experiment, parts)] };
  });
}

/** The plan on the scale for a number to predict that the experiment names, or that predicts it better. */
async function planOf(experiment: Experiment, parts: Parts): Promise<Plan> {
  const plan = await planOnScale(experiment, parts);
  const isNamed = experiment.targetScale !== undefined || scaleOfLoss(experiment) !== undefined;
  if (isNamed || !triesScales(plan.resolved, parts)) return plan;
  const namesLoss = experiment.loss !== undefined;
  const { notices, ...choice } = await chooseTargetScale(plan.resolved, parts, { namesLoss });
  const { targetScale } = choice;
  const preparing = { ...parts.preparing, targetScale };
  const chosen =
    targetScale === plan.resolved.targetScale
      ? plan
      : await planOnScale({ ...experiment, ...choice }, { ...parts, preparing });
  return { ...chosen, choseScale: true, notices: [...withoutScaleAdvice(chosen.notices), ...notices] };
}

async function planOnScale(experiment: Experiment, parts: Parts): Promise<Plan> {
  const prepared = prepareParts(parts);
  const { path: from, sha256: fromSha256 } = parts.origin ?? {};
  const known = compact({ image: parts.image, from, fromSha256 });
  const asked = { ...experiment, ...known, data: await absolutePaths(experiment.data) };
  const facts = factsOf(parts, prepared);
  const resolved = withMembers(experiment, resolveExperiment(asked, facts), parts);
  const { notices, suspicions, warnings } = await inspected(parts);
  const prepare = preparationNotices(prepared.preparation);
  return {
    resolved,
    parts,
    prepared,
    notices: [
      ...notices,
      ...prepare,
      ...beginNotices(parts, prepared, resolved),
      ...measureNotices(experiment, resolved),
    ],
    suspicions,
    warnings,
  };
}

/**
 * As `planExperiment`, with values at fault mended, split by the column whose groups stood in several parts, and without the
 * columns that alone give the answer away; notices name them. Where all inputs do, all of them stay, and the suspicion with them; where a split
 * by groups is impossible, the suspicion stays too.
 */
export async function planWithoutLeaks(experiment: Experiment): Promise<Plan> {
  const mended = await withValues(experiment, await planExperiment(experiment));
  const divided = await withGroups(mended.experiment, mended.plan);
  return await withoutLeaks(divided.experiment, divided.plan);
}

interface Planned {
  readonly experiment: Experiment;
  readonly plan: Plan;
}

/** The plan with rows of one group in one part, where they are not and should be. */
async function withGroups(experiment: Experiment, plan: Plan): Promise<Planned> {
  const torn = plan.suspicions?.find(({ remedy }) => remedy?.group !== undefined);
  if (torn === undefined || experiment.mixBy !== undefined) return { experiment, plan };
  const apart = { ...experiment, ...torn.remedy };
  try {
    const divided = await planExperiment(apart);
    const message = `${torn.message}: split by ${torn.remedy?.group}`;
    const before = plan.notices.filter(({ code }) => code === "data/mended");
    const notices = [...divided.notices, ...before, { code: "data/grouped", message }];
    return { experiment: apart, plan: { ...divided, notices } };
  } catch (error) {
    if (error instanceof NablaError && error.code === "data/empty-part") return { experiment, plan };
    throw error;
  }
}

async function withoutLeaks(experiment: Experiment, plan: Plan): Promise<Plan> {
  const leak = plan.suspicions?.find(({ code }) => code === "data/leakage");
  const columns = leak?.remedy?.ignore ?? [];
  if (leak === undefined || columns.length === plan.parts.train.columns.length) return plan;
  const without = await planExperiment(withRemedy(experiment, { ignore: columns }));
  const message = `${leak.message}: left out`;
  const before = plan.notices.filter(({ code }) => code === "data/grouped" || code === "data/mended");
  return { ...without, notices: [...without.notices, ...before, { code: "data/ignored", message }] };
}

/**
 * The plan with what mends values: units, numbers that stand for none, levels written in two ways. Whether two spellings
 * are one class of the target, and whether rows that repeat belong together, changes what is asked: that is for the user
 * to say.
 */
async function withValues(experiment: Experiment, plan: Plan): Promise<Planned> {
  const found = plan.suspicions?.filter(({ remedy }) => remedy !== undefined && mendsValues(remedy)) ?? [];
  const all = await mendedBy(found, { experiment, plan });
  const keepsClasses = String(all.plan.prepared.train.classes) === String(plan.prepared.train.classes);
  const faults = keepsClasses ? found : found.filter(({ remedy = {} }) => remedy.mergeCase === undefined);
  const { experiment: mended, plan: other } = keepsClasses ? all : await mendedBy(faults, { experiment, plan });
  const notices = faults.map(({ message, remedy = {} }) => ({
    code: "data/mended",
    message: `${message}: ${typedOptions(remedy)}`,
  }));
  return { experiment: mended, plan: { ...other, notices: [...other.notices, ...notices] } };
}

async function mendedBy(faults: readonly DataWarning[], { experiment, plan }: Planned): Promise<Planned> {
  if (faults.length === 0) return { experiment, plan };
  const mended = faults.reduce((changed, { remedy = {} }) => withRemedy(changed, remedy), experiment);
  return { experiment: mended, plan: await planExperiment(mended) };
}

function mendsValues(remedy: PartialExperiment): boolean {
  return Object.keys(remedy).every((name) => ["units", "missing", "mergeCase"].includes(name));
}
