import type { NdArray } from "../../src/array/ndarray.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { grad } from "../../src/graph/grad.ts";
import { state } from "../../src/graph/leaf.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { buildOptimizer, type Optimizer, RATE } from "../../src/optim/optimizer.ts";

export type Cost = (parameters: ReadonlyMap<string, Tensor>) => Tensor;

/** The parameters after each of `steps` steps; float64 walks on the reference engine. */
export async function walk(
  optimizer: Optimizer,
  start: ReadonlyMap<string, NdArray>,
  cost: Cost,
  steps: number,
  factor: (step: number) => number = () => 1,
) {
  const states = new Map([...start].map(([path, array]) => [path, state(path, array)]));
  const gradients = grad(cost(states), [...states.values()]);
  const built = buildOptimizer(
    optimizer,
    states,
    new Map([...states.keys()].map((path, i) => [path, gradients[i] as Tensor])),
  );
  const program = await compile(
    {
      inputs: [...built.inputs.values()],
      outputs: {},
      updates: [
        ...[...states].map(([path, tensor]) => [tensor, built.parameters.get(path) as Tensor] as const),
        ...built.slots.values(),
      ],
    },
    [...start.values()][0]?.dtype === "float64" ? { engine: reference } : {},
  );
  const feeds: Record<string, number> = { [RATE]: optimizer.rate };
  const seen: ReadonlyMap<string, readonly number[]>[] = [];
  for (let step = 1; step <= steps; step++) {
    built.feed(built.settings, step, feeds);
    feeds[RATE] = optimizer.rate * factor(step);
    await program.run(feeds);
    const arrays = await program.readAll(states);
    seen.push(new Map([...arrays].map(([path, { data }]) => [path, Array.from(data)])));
  }
  return seen;
}
