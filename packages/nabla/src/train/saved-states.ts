/** The states of a training in its checkpoints. */
import { type NdArray, scalar } from "../array/ndarray.ts";
import type { Size } from "../array/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ByPath } from "../nn/model.ts";
import { GATHERED } from "../optim/accumulation.ts";
import { arrayFor, arraysOfGroup, type Checkpoint, GROUPS, prefixed } from "./checkpoint.ts";
import type { TrainingStep } from "./step.ts";

function groupsOf({ states, averages, slots }: TrainingStep): readonly (readonly [string, ByPath<Tensor>])[] {
  return [
    [GROUPS.model, states],
    [GROUPS.average, averages],
    [GROUPS.optimizer, slots],
  ];
}

/** Copies of all states, by group and path; `into` are earlier ones that nobody needs any more. */
export async function readStates(
  step: TrainingStep,
  into: ByPath<NdArray> = new Map(),
): Promise<readonly (readonly [string, NdArray])[]> {
  const groups = groupsOf(step).map(async ([group, states]) =>
    prefixed(group, await step.program.readAll(states, arraysOfGroup(into, group))),
  );
  return (await Promise.all(groups)).flat();
}

/** What a checkpoint holds for each state. Throws `checkpoint/mismatch`. `every`: the steps of an update. */
export function savedStates(
  { arrays, position }: Checkpoint,
  step: TrainingStep,
  every: number,
): readonly (readonly [Tensor, NdArray])[] {
  return groupsOf(step).flatMap(([group, states]) => {
    const found = arraysOfGroup(arrays, group);
    return [...states].map(([path, tensor]) => {
      // older checkpoints count the steps that were gathered alone
      const isAbsent = path === GATHERED && !found.has(path);
      const array = isAbsent ? scalar(position.step % every) : arrayFor(found, path, tensor.shape as Size);
      return [tensor, array] as const;
    });
  });
}
