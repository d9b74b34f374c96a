import { wrongArgument } from "../array/check-array.ts";
import type { NdArray } from "../array/ndarray.ts";
import { known, NablaError } from "../base/error.ts";
import { isRecord } from "../base/value-type.ts";
import type { Engine } from "../engine/contract.ts";
import { compile, type Feeds } from "../engine/program.ts";
import { checkTensor, checkTensorsByName } from "../graph/check-tensor.ts";
import { grad } from "../graph/grad.ts";
import { isInput, isState } from "../graph/leaf.ts";
import type { Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import { buildOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of `minimize`. */
export interface MinimizationOptions {
  /** Steps at most. Default 1000. */
  readonly steps?: number;
  /** What the cost's inputs are fed, the same in each step; nothing by default. */
  readonly feeds?: Feeds;
  /** The engine that takes the steps; WebAssembly by default. */
  readonly engine?: Engine;
}

/** A step of `minimize`. */
export interface Minimized<P extends Readonly<Record<string, Tensor>>> {
  /** From 1. */
  readonly step: number;
  /** The cost before the step. */
  readonly cost: number;
  /** The states after it, by the names that they were given. */
  readonly values: { readonly [K in keyof P]: NdArray };
}

/** The default number of steps: that of the course's loop. */
const STEPS = 1000;

/**
 * Minimizes a scalar cost of states: builds the optimizer's step, compiles it, and takes it again and again. The loop is the
 * caller's, who may leave it at any step:
 *
 *     const w = state("w", scalar(0));
 *     const cost = ops.power(ops.subtract(w, 5), 2);
 *     for await (const { step, cost: now, values } of minimize(cost, { w }, adam({ rate: 0.1 }), { steps: 100 })) …
 *
 * Throws `options/type` for what is no tensor or optimizer, `graph/state` for a parameter that is no state, and what
 * `grad`, `compile` and feeding throw.
 */
export async function* minimize<const P extends Readonly<Record<string, Tensor>>>(
  cost: Tensor,
  parameters: P,
  optimizer: Optimizer,
  { steps = STEPS, feeds = {}, engine }: MinimizationOptions = {},
): AsyncGenerator<Minimized<P>, void, undefined> {
  checkTensor("minimize", cost);
  if (!isRecord(parameters)) throw wrongArgument("minimize", "states by name, such as { w }", parameters);
  checkTensorsByName("minimize › parameters", parameters);
  const states = new Map<string, Tensor>(Object.entries(parameters));
  for (const [name, tensor] of states) {
    if (isState(tensor)) continue;
    const hint = `make it one: const ${name} = state("${name}", scalar(0))`;
    throw new NablaError("graph/state", `minimize changes states, and "${name}" is a ${tensor.op.opName}`, hint);
  }
  const names = [...states.keys()];
  const gradients = grad(cost, [...states.values()]);
  const slopes = new Map(names.map((name, i) => [name, known(gradients[i], "a gradient")]));
  const { parameters: next, slots, inputs, settings, feed } = buildOptimizer(optimizer, states, slopes);
  const updates = names.map((name) => [known(states.get(name), name), known(next.get(name), name)] as const);
  const spec = {
    inputs: [...walk([cost]).filter(isInput), ...inputs.values()],
    outputs: { cost },
    updates: [...updates, ...slots.values()],
  };
  const program = await compile(spec, engine === undefined ? {} : { engine });
  const fed: Record<string, NdArray | number> = { ...feeds, ...settings, rate: optimizer.rate };
  for (const setting of Object.keys(settings)) if (!inputs.has(setting)) delete fed[setting];
  for (let step = 1; step <= steps; step++) {
    feed(settings, step, fed);
    const { cost: before } = await program.run(fed);
    const values = Object.fromEntries(await program.readAll(states)) as Minimized<P>["values"];
    yield { step, cost: known(before?.data[0], "the cost"), values };
  }
}
