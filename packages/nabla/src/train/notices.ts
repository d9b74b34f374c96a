/** Notices for the user about a model before it is trained, one sentence each. */
import type { NdArray } from "../array/ndarray.ts";
import type { BuiltModel, ModelVariables } from "../nn/model.ts";
import type { ResolvedJob } from "./job.ts";

/** A dropout layer that retains less than this of the inputs discards too much for any later layer to recover. */
const KEEP_OF_INPUTS = 0.8;

/** Notices about the initialization of a model and about combinations of options in a job. */
export function modelNotices(
  job: Pick<ResolvedJob, "patience" | "penalty" | "optimizer" | "epochs" | "stepsPerEpoch">,
  begun: Pick<ModelVariables, "parameters">,
  built: Pick<BuiltModel, "activations" | "numbers">,
): readonly string[] {
  return [...symmetric(begun), ...inputDropout(begun, built), ...coupled(job), ...neverReady(job)];
}

/** Units of a hidden layer that are initialized alike get the same gradients, and stay alike forever. */
function symmetric({ parameters }: Pick<ModelVariables, "parameters">): readonly string[] {
  const matrices = [...parameters].filter(
    ([path, { shape }]) => path.endsWith("weights") && (shape.at(-1) ?? 1) > 1 && shape.length > 1,
  );
  return matrices
    .slice(0, -1) // the last layer's units are told apart by their targets
    .filter(([, array]) => unitsAlike(array))
    .map(
      ([path]) =>
        `all units of ${path.slice(0, path.lastIndexOf("."))} begin alike and will stay alike: begin it by he() or xavier()`,
    );
}

function unitsAlike({ data, shape }: NdArray): boolean {
  const units = shape.at(-1) ?? 1;
  for (let i = 0; i < data.length; i++) if (data[i] !== data[i - (i % units)]) return false;
  return true;
}

function inputDropout(
  { parameters }: Pick<ModelVariables, "parameters">,
  { activations, numbers }: Pick<BuiltModel, "activations" | "numbers">,
): readonly string[] {
  const learns = (path: string): boolean => [...parameters.keys()].some((name) => name.startsWith(`${path}.`));
  for (const path of activations.keys()) {
    if (learns(path)) break;
    const keep = numbers.get(`${path}.keep`)?.value ?? 1;
    if (keep < KEEP_OF_INPUTS)
      return [
        `${path} keeps ${keep} of the inputs: what it drops, no later layer can recover; keep ${KEEP_OF_INPUTS} or more there`,
      ];
  }
  return [];
}

function coupled({ patience, penalty }: Pick<ResolvedJob, "patience" | "penalty">): readonly string[] {
  // a strength of 0 is a setting to be raised later
  const holds = Object.values(penalty?.settings ?? {}).some((strength) => strength > 0);
  if (patience === Number.POSITIVE_INFINITY || penalty === undefined || !holds) return [];
  return [
    `early stopping and the penalty ${penalty.kind} both hold the weights back: tune one of them at a time, since stopping ends the descent and the regularization at once`,
  ];
}

/** An update that needs more steps than there are is never made. */
function neverReady({
  optimizer: { every = 1 },
  epochs,
  stepsPerEpoch,
}: Pick<ResolvedJob, "optimizer" | "epochs" | "stepsPerEpoch">): readonly string[] {
  const steps = epochs * stepsPerEpoch;
  if (steps === 0 || steps >= every) return [];
  return [
    `an update takes the gradients of ${every} steps and the training has ${steps}: nothing is learned; accumulate fewer steps, or train longer`,
  ];
}
