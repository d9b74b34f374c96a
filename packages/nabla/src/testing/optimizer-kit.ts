/** What every optimizer must do. */
import { type NdArray, ndarray } from "../array/ndarray.ts";
import { describe } from "../base/described.ts";
import { known } from "../base/error.ts";
import { compile, type Program } from "../engine/program.ts";
import { reference } from "../engine/reference/reference.ts";
import { add, multiply } from "../graph/elementwise.ts";
import { gradOf } from "../graph/grad.ts";
import { constant, state } from "../graph/leaf.ts";
import { sum } from "../graph/movement.ts";
import { buildOptimizer, type Optimizer, RATE } from "../optim/optimizer.ts";
import { optimizerFrom } from "../optim/optimizers.ts";

const STEPS = 200;

/** The next value from the present one and its slope; steps count from 1. */
type Stepper = (w: number, slope: number, step: number) => number;

/** What an optimizer means for one number, as its paper writes it: the iterates from its initial value. */
export type OptimizerMeaning = () => Stepper;

/**
 * What is wrong with an optimizer; empty when nothing is. Its steps are compared with `meaning`, and with nothing where
 * that is left out.
 */
export async function optimizerComplaints(
  optimizer: Optimizer,
  { meaning }: { readonly meaning?: OptimizerMeaning } = {},
): Promise<readonly string[]> {
  const complaints: string[] = [];
  const again = optimizerFrom(describe(optimizer));
  if (JSON.stringify(describe(again)) !== JSON.stringify(describe(optimizer)))
    complaints.push("the optimizer made from its data has other options");

  if (meaning !== undefined) complaints.push(...(await strayed(optimizer, meaning())));

  const whole = await walker(optimizer);
  const start = await whole.cost();
  const half = await whole.walk(1, STEPS / 2);
  await whole.walk(STEPS / 2 + 1, STEPS);
  const end = await whole.cost();
  if (!(end < 0.9 * start)) complaints.push(`on a bowl the cost went from ${start} to ${end} in ${STEPS} steps`);

  const resumed = await walker(again);
  resumed.load(half);
  await resumed.walk(STEPS / 2 + 1, STEPS);
  if ((await resumed.cost()) !== end)
    complaints.push("its state is not complete: a run resumed from its saved state ends elsewhere");
  return complaints;
}

const FEW = 7;

/** Whether its float64 iterates on w² - 10w + 25 match those of `meant`. */
async function strayed(optimizer: Optimizer, meant: Stepper): Promise<readonly string[]> {
  const w = state("weights", ndarray(Float64Array.of(1), [1]));
  const cost = sum(add(multiply(w, w), multiply(w, -10)));
  const built = buildOptimizer(optimizer, new Map([["weights", w]]), new Map([["weights", gradOf(cost, w)]]));
  const updates = [[w, known(built.parameters.get("weights"), "weights")] as const, ...built.slots.values()];
  const program = await compile({ inputs: [...built.inputs.values()], outputs: {}, updates }, { engine: reference });
  const feeds: Record<string, NdArray | number> = { [RATE]: optimizer.rate };
  let expected = 1;
  for (let step = 1; step <= FEW; step++) {
    built.feed(built.settings, step, feeds);
    await program.run(feeds);
    expected = meant(expected, 2 * expected - 10, step);
    const [found = Number.NaN] = (await program.read(w)).data;
    if (!(Math.abs(found - expected) <= 1e-9))
      return [
        `${optimizer.kind} is at ${found} after ${step} steps from 1 down w² - 10w + 25, and must be at ${expected}`,
      ];
  }
  return [];
}

/** Minimizes w² · (1, 3, 10) from a fixed start. */
async function walker(optimizer: Optimizer) {
  const scales = [1, 3, 10];
  const w = state("weights", ndarray([1, -2, 0.5], [3]));
  const cost = sum(multiply(multiply(w, w), constant(ndarray(scales, [3]))));
  const built = buildOptimizer(optimizer, new Map([["weights", w]]), new Map([["weights", gradOf(cost, w)]]));
  const updates = [[w, known(built.parameters.get("weights"), "weights")] as const, ...built.slots.values()];
  const program: Program = await compile({ inputs: [...built.inputs.values()], outputs: {}, updates });
  const feeds: Record<string, NdArray | number> = { [RATE]: optimizer.rate };
  return {
    cost: async () => {
      const { data } = await program.read(w);
      return Array.from(data).reduce((total, x, i) => total + x * x * (scales[i] ?? 0), 0);
    },
    walk: async (from: number, to: number) => {
      for (let step = from; step <= to; step++) {
        built.feed(built.settings, step, feeds);
        await program.run(feeds);
      }
      return await Promise.all(program.states.map((kept) => program.read(kept)));
    },
    load: (saved: readonly NdArray[]) => {
      for (const [i, kept] of program.states.entries()) program.write(kept, known(saved[i], "saved state"));
    },
  };
}
