/**
 * Measures the samplers on functions with known minima and on a table of real trainings, each against random search, and
 * writes benchmarks/tuning.md. `node --conditions=nabla-source scripts/tuning-benchmark.ts`
 */
import { writeFileSync } from "node:fs";
import { medianOf } from "nabla/statistics";
import { type Sampler, samplerFrom, samplers } from "nabla/tune";
import { bestCosts, luckOf } from "./tuning/compare.ts";
import { digits } from "./tuning/digits.ts";
import { branin, hartmann6, type Landscape } from "./tuning/functions.ts";

const SEEDS = 50;
const BUDGET = 64;

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
}

const landscapes: readonly Landscape[] = [branin, hartmann6, await digits()];
const plain = new Map<string, readonly number[]>();
for (const landscape of landscapes)
  plain.set(landscape.name, await bestCosts(samplerFrom("random"), landscape, { budget: BUDGET, seeds: SEEDS }));

async function cellOf(sampler: Sampler, landscape: Landscape): Promise<string> {
  const costs = await bestCosts(sampler, landscape, { budget: BUDGET, seeds: SEEDS });
  const above = costs.map((cost) => cost - landscape.least);
  const middle = landscape.least === 0 ? `${(100 * medianOf(above)).toFixed(2)}%` : medianOf(above).toFixed(3);
  if (sampler.kind === "random") return middle;
  const luck = luckOf(costs, plain.get(landscape.name) ?? []);
  return `${middle} (${luck < 0.0001 ? "p < 0.0001" : `p = ${luck.toFixed(luck < 0.001 ? 4 : 3)}`})`;
}

const rows: Row[] = [];
for (const kind of Object.keys(samplers)) {
  const sampler = samplerFrom(kind);
  const cells: string[] = [];
  for (const landscape of landscapes) cells.push(await cellOf(sampler, landscape));
  rows.push({ name: kind, cells });
  console.log(`${kind}: ${cells.join(" · ")}`);
}

const alone: string[] = [];
for (const landscape of [branin, hartmann6]) {
  const costs = await bestCosts(samplerFrom("tpe"), landscape, { budget: BUDGET, seeds: SEEDS, round: 1 });
  alone.push((medianOf(costs) - landscape.least).toFixed(3));
}

const text = `# Samplers, measured

The best of ${BUDGET} trials, asked in rounds of eight, as the median over ${SEEDS} seeds: on Branin's function of two
numbers and Hartmann's of six how far it lies above the minimum, on the digits network its dev error. Beside it the chance
that so low costs against those of random search are luck (one-sided, by ranks: Mann and Whitney 1947).

The digits network stands for a table of real trainings (\`scripts/tuning-table.ts\`): the default space's twelve axes,
between the trained settings the mean of the five nearest. The table below is made by \`scripts/tuning-benchmark.ts\`.

| Sampler | ${landscapes.map(({ name }) => name).join(" | ")} |
|---|${landscapes.map(() => "---").join("|")}|
${rows.map(({ name, cells }) => `| \`${name}\` | ${cells.join(" | ")} |`).join("\n")}

One trial at a time, \`tpe\` comes to ${alone.join(" and ")} on the two functions, Optuna 5.0.0 to 0.110 and 0.235
(\`scripts/tuning/optuna.py\`): what rounds cost for being the same on any number of workers.

\`cmaEs\` makes the updates of pycma 4.5 (\`packages/nabla/test/tune/golden/cma.json\`), which comes to 0.291 and 0.677 with eight
generations of eight (\`scripts/tuning/pycma.py\`); eight generations are few for it, and it evolves only axes that always count.

A grid of five levels has 25 points in two axes and never gets round in six or twelve; Sobol's points fill space, they do not
search.
`;
writeFileSync("benchmarks/tuning.md", text);
