/**
 * What a step of the notes' 25-12-6 network costs through a session of nabla/tf1, beside the same step through a
 * training: node --conditions=nabla-source benchmarks/tf1-step.ts [seconds]. All take turns in one process; what counts
 * is the ratio, the median of those of all turns.
 */
import { compile } from "../packages/nabla/src/engine/program.ts";
import { nameOf } from "../packages/nabla/src/graph/leaf.ts";
import * as tf from "../packages/nabla/src/tf1/index.ts";
import { requestFor } from "../packages/nabla/src/tf1/programs.ts";
import { type Trainer, trainerOf } from "./engines/nabla-training.ts";
import { dataOf, type Workload, weightsOf } from "./workloads.ts";

const seconds = Number(process.argv[2] ?? 20);
const common = { loss: "softmax", optimizer: "adam", rate: 1e-5 } as const;
const workloads: readonly Workload[] = [
  { name: "signs, 12288-25-12-6, 32 rows", units: [12288, 25, 12, 6], rows: 32, ...common },
  { name: "digits, 64-25-12-10, 32 rows", units: [64, 25, 12, 10], rows: 32, ...common },
];

/**
 * The network in TensorFlow 1's way, with the weights that every contestant begins with: through a session, and its graph
 * compiled by itself.
 */
async function sessionFor(workload: Workload): Promise<{ readonly session: Trainer; readonly bare: Trainer }> {
  tf.resetDefaultGraph();
  const { units } = workload;
  const { inputs, targets } = dataOf(workload);
  const x = tf.placeholder(tf.float32, [null, units[0] ?? 1], { name: "x" });
  const y = tf.placeholder(tf.int32, [null], { name: "y" });
  let layer: tf.Tensor = x;
  const weights = weightsOf(workload);
  for (let i = 1; i < units.length; i++) {
    const [w, b] = ["weights", "bias"].map((part) => tf.variable(weights.get(`dense${i}.${part}`) ?? 0));
    layer = tf.add(tf.matmul(layer, w ?? 0), b ?? 0);
    if (i < units.length - 1) layer = tf.nn.relu(layer);
  }
  const cost = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits({ labels: y, logits: layer }));
  const train = tf.train.adamOptimizer(workload.rate).minimize(cost);
  const session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  const feed = [
    [x, inputs],
    [y, targets],
  ] as const;
  const { spec } = requestFor([cost, train]);
  const program = await compile(spec);
  for (const variable of tf.globalVariables()) program.write(variable.node, session.read(variable));
  const feeds = Object.fromEntries(spec.inputs.map((node) => [nameOf(node), node === x.node ? inputs : targets]));
  return {
    session: { step: async () => (await session.run([train, cost], feed))[1] },
    bare: { step: async () => (await program.run(feeds))[0]?.data[0] ?? Number.NaN },
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function time({ step }: Trainer, steps: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < steps; i++) await step();
  return ((performance.now() - start) * 1000) / steps;
}

for (const workload of workloads) {
  const { session, bare } = await sessionFor(workload);
  const contestants = {
    "a session, its batch fed from JavaScript": session,
    "the session's program by itself": bare,
    "a training, its batch out of a table": await trainerOf(
      { ...workload, fed: { like: workload.name, tableRows: 3200 } },
      1,
    ),
    "a training whose batch stays in the engine": await trainerOf(workload, 1),
  };
  const rounds = Object.values(contestants);
  const firsts = await Promise.all(
    [session, bare, contestants["a training whose batch stays in the engine"]].map((one) => one.step()),
  );
  const times: number[][] = rounds.map(() => []);
  for (const round of rounds) await time(round, 300);
  const steps = Math.max(1, Math.round(20_000 / (await time(session, 50))));
  const end = performance.now() + (seconds * 1000) / workloads.length;
  while (performance.now() < end) for (const [i, round] of rounds.entries()) times[i]?.push(await time(round, steps));
  console.log(`${workload.name}: first costs ${firsts.join(", ")}, ${times[0]?.length} turns of ${steps} steps`);
  for (const [i, name] of Object.keys(contestants).entries()) {
    const ratios = times[0]?.map((own, turn) => own / (times[i]?.[turn] ?? Number.NaN)) ?? [];
    const figure = `${median(times[i] ?? []).toFixed(1)} µs`.padStart(10);
    console.log(`  ${figure}  ${name}${i === 0 ? "" : `: the session takes ${median(ratios).toFixed(3)} of it`}`);
  }
}
