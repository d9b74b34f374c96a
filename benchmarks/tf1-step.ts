/**
 * What a step of the notes' 25-12-6 network costs through a session of nabla/tf1, beside the same step through a
 * training: node --conditions=nabla-source benchmarks/tf1-step.ts [seconds]. All take turns in one process; what counts
 * is the ratio, the median of those of all turns.
 */
import { type NdArray, ndarray } from "../packages/nabla/src/array/ndarray.ts";
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

/** The network in TensorFlow 1's way, an example a row, with the weights that every contestant begins with. */
function byRows(workload: Workload) {
  const { units } = workload;
  const { inputs, targets } = dataOf(workload);
  const x = tf.placeholder(tf.float32, [null, units[0] ?? 1], { name: "x" });
  const y = tf.placeholder(tf.int32, [null], { name: "y" });
  const weights = weightsOf(workload);
  let layer: tf.Tensor = x;
  for (let i = 1; i < units.length; i++) {
    const [w, b] = ["weights", "bias"].map((part) => tf.variable(weights.get(`dense${i}.${part}`) ?? 0));
    layer = tf.add(tf.matmul(layer, w ?? 0), b ?? 0);
    if (i < units.length - 1) layer = tf.nn.relu(layer);
  }
  const cost = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits({ labels: y, logits: layer }));
  return { cost, feed: { x: inputs, y: targets } };
}

/** The same as the notes write it, an example a column: W1 [25, 12288] times X [12288, examples]. */
function byColumns(workload: Workload) {
  const { units, rows } = workload;
  const { inputs, targets } = dataOf(workload);
  const classes = units.at(-1) ?? 1;
  const x = tf.placeholder(tf.float32, [units[0] ?? 1, null], { name: "x" });
  const y = tf.placeholder(tf.float32, [classes, null], { name: "y" });
  const weights = weightsOf(workload);
  let layer: tf.Tensor = x;
  for (let i = 1; i < units.length; i++) {
    const w = tf.variable(transposed(weights.get(`dense${i}.weights`) ?? inputs));
    layer = tf.add(tf.matmul(w, layer), tf.variable(tf.zeros([units[i] ?? 1, 1])));
    if (i < units.length - 1) layer = tf.nn.relu(layer);
  }
  const [logits, labels] = [tf.transpose(layer), tf.transpose(y)];
  const cost = tf.reduceMean(tf.nn.softmaxCrossEntropyWithLogits({ logits, labels }));
  const hot = new Float32Array(classes * rows);
  for (const [row, code] of targets.data.entries()) hot[code * rows + row] = 1;
  return { cost, feed: { x: transposed(inputs), y: ndarray(hot, [classes, rows]) } };
}

function transposed({ data, shape: [rows = 1, columns = 1] }: NdArray): NdArray {
  const out = Float32Array.from(data, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
  return ndarray(out, [columns, rows]);
}

/** A step through a session, and through the program that it compiles. */
async function sessionFor({
  cost,
  feed,
}: ReturnType<typeof byRows>): Promise<readonly [session: Trainer, bare: Trainer]> {
  const train = tf.train.adamOptimizer(common.rate).minimize(cost);
  const session = tf.session();
  await session.run(tf.globalVariablesInitializer());
  const { spec } = requestFor([cost, train]);
  const program = await compile(spec);
  for (const variable of tf.globalVariables()) program.write(variable.node, await session.read(variable));
  const feeds = Object.fromEntries(spec.inputs.map((node) => [nameOf(node), feed[nameOf(node) as "x" | "y"]]));
  return [
    { step: async () => (await session.run([train, cost], feed))[1] },
    { step: async () => (await program.run(feeds))[0]?.data[0] ?? Number.NaN },
  ];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function time({ step }: Trainer, steps: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < steps; i++) await step();
  return ((performance.now() - start) * 1000) / steps;
}

for (const workload of workloads) {
  tf.resetDefaultGraph();
  const [session, bare] = await sessionFor(byRows(workload));
  tf.resetDefaultGraph();
  const [columns] = await sessionFor(byColumns(workload));
  const contestants: Readonly<Record<string, Trainer>> = {
    "a session, its batch fed from JavaScript": session,
    "its program by itself": bare,
    "a session, an example a column": columns,
    "a training, its batch out of a table": await trainerOf({ ...workload, fed: { like: "", tableRows: 3200 } }, 1),
    "a training whose batch stays in the engine": await trainerOf(workload, 1),
  };
  const all = Object.entries(contestants);
  console.log(workload.name);
  for (const [name, trainer] of all) console.log(`  first cost ${(await trainer.step()).toFixed(6)}: ${name}`);
  for (const [, trainer] of all) await time(trainer, 300);
  const steps = Math.max(1, Math.round(20_000 / (await time(session, 50))));
  const times = all.map((): number[] => []);
  const end = performance.now() + (seconds * 1000) / workloads.length;
  while (performance.now() < end)
    for (const [i, [, trainer]] of all.entries()) times[i]?.push(await time(trainer, steps));
  for (const [i, [name]] of all.entries()) {
    const ratios = times[0]?.map((own, turn) => own / (times[i]?.[turn] ?? Number.NaN)) ?? [];
    const figure = `${median(times[i] ?? []).toFixed(1)} µs`.padStart(10);
    console.log(`  ${figure}: ${name}${i === 0 ? "" : `; the session takes ${median(ratios).toFixed(3)} of it`}`);
  }
}
