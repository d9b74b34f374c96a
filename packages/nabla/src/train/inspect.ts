/** Finds where numbers first went wrong. */
import { castArray, type NdArray } from "../array/ndarray.ts";
import { compile, type Feeds } from "../engine/program.ts";
import type { TrainingStep } from "./step.ts";

/**
 * The first tensor of a step that holds NaN or infinity, in the order in which they are computed: the batch, the
 * parameters, the output of each layer, the losses, the gradients. The states must be those before the step; `indices`
 * are the rows in the batch.
 */
export async function firstBad(
  { program, states, parts }: TrainingStep,
  { feeds, indices }: { readonly feeds: Feeds; readonly indices: ArrayLike<number> },
): Promise<string> {
  // a batch may be stored in the engine's memory, which moves when the probe is compiled
  const held = Object.fromEntries(
    Object.entries(feeds).map(([name, value]) => [
      name,
      typeof value === "number" ? value : castArray(value, value.dtype),
    ]),
  );
  for (const [name, value] of Object.entries(held)) {
    const row = typeof value === "number" ? (Number.isFinite(value) ? -1 : 0) : badRow(value);
    if (row >= 0)
      return typeof value === "number"
        ? `the setting ${name}`
        : `${name}, row ${indices[row]} (from 0) of the training part`;
  }
  for (const [path, tensor] of states) if (badRow(await program.read(tensor)) >= 0) return `parameter ${path}`;
  const names: string[] = [];
  const tensors = [
    ...[...parts.activations].map(([path, tensor]) => [`output of ${path}`, tensor] as const),
    ...parts.losses,
    ["cost", parts.cost] as const,
    ...[...parts.gradients].map(([path, tensor]) => [`gradient of ${path}`, tensor] as const),
  ];
  const outputs = Object.fromEntries(
    tensors.map(([name, tensor]) => {
      names.push(name);
      return [name, tensor];
    }),
  );
  const probe = await compile({ inputs: parts.inputs, outputs }, { share: program });
  const values = await probe.run(held);
  return (
    names.find((name) => badRow(values[name] ?? { dtype: "float32", shape: [0], data: new Float32Array(0) }) >= 0) ??
    "cost"
  );
}

/** The first row with a number that is not finite, or -1. */
export function badRow({ data, shape }: NdArray): number {
  const width = shape.slice(1).reduce((product, length) => product * length, 1);
  const at = data.findIndex((x: number) => !Number.isFinite(x));
  return at < 0 ? -1 : Math.floor(at / Math.max(1, width));
}
