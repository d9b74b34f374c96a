/**
 * What the first version wrote is read by this one, and comes to the same: every kind as plain data, models, a checkpoint,
 * a journal and studies. `first-version/make.mjs` made the fixtures.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, describe as group, test } from "vitest";
import { modelFromJson, readSafetensors } from "../src/exchange/index.ts";
import {
  augmentationFrom,
  averagingFrom,
  compile,
  describe,
  detectFeatures,
  fit,
  input,
  type Job,
  type JournalEntry,
  type Json,
  type Loss,
  layerFrom,
  logSumExp,
  lossFrom,
  type NdArray,
  ndarray,
  ops,
  optimizerFrom,
  penaltyFrom,
  predict,
  readPosition,
  scheduleFrom,
  type Tensor,
  takeExamples,
  toJson,
} from "../src/index.ts";
import { studyFrom, type Trial } from "../src/tune/index.ts";

/** A job as it was written down. */
interface PlainJob extends Pick<Job, "batch" | "epochs" | "seed" | "patience" | "mixup" | "shuffle"> {
  readonly data: string;
  readonly targets: string;
  readonly layers: readonly Json[];
  readonly loss: Json;
  readonly optimizer: Json;
  readonly penalty?: Json;
  readonly schedule?: Json;
  readonly average?: Json;
  readonly augment?: readonly Json[];
}

/** What a training came to. */
interface Facts {
  readonly weights: string;
  readonly history: readonly Readonly<Record<string, unknown>>[];
  readonly epochs: number;
  readonly steps: number;
  readonly journal: readonly JournalEntry[];
}

interface Expected {
  readonly jobs: Readonly<
    Record<string, { readonly job: PlainJob; readonly described: object; readonly facts: Facts }>
  >;
  readonly models: Readonly<Record<string, { readonly json: Json; readonly data: string; readonly answers: number[] }>>;
  readonly long: { readonly job: PlainJob; readonly facts: Facts };
  readonly studies: readonly {
    readonly definition: Json;
    readonly trials: readonly Trial[];
    readonly record: object;
  }[];
}

const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`fixtures/first-version/${name}`, import.meta.url));
const expected = JSON.parse(new TextDecoder().decode(bytesOf("expected.json"))) as Expected;
const data = readSafetensors(bytesOf("data.safetensors")).tensors;

function arrayOf(name: string): NdArray {
  const array = data.get(name);
  if (array === undefined) throw new Error(`the fixtures hold no ${name}`);
  return array;
}

/** Whether a product and a sum are rounded once, as where the fixtures were made; else last bits differ. */
async function isFused(): Promise<boolean> {
  if (!detectFeatures().fused) return false;
  const x = 1 + 2 ** -12;
  const [row, column] = [input("row", [1, 2]), input("column", [2, 1])];
  const program = await compile({ inputs: [row, column], outputs: { sum: ops.matmul(row, column) } });
  const feeds = {
    row: ndarray(Float32Array.of(-(1 + 2 ** -11), x), [1, 2]),
    column: ndarray(Float32Array.of(1, x), [2, 1]),
  };
  // x² - (1 + 2^-11) is 2^-24, which is lost where x² is rounded first
  return (await program.run(feeds)).sum?.data[0] === 2 ** -24;
}

const exact = await isFused();

/** Cross-entropies as the first version wrote them: today's keep digits that those lost, so their last bits differ. */
function asThen(loss: Loss): Loss {
  const { kind, options } = loss;
  const plain: Record<string, (output: Tensor, target: Tensor) => Tensor> = {
    softmaxCrossEntropy: (output, target) => {
      const isCode = target.dtype === "int32";
      const chosen = ops.equal(
        ops.reshape(target, { shape: isCode ? [...target.shape, 1] : target.shape }),
        ops.iota({ shape: output.shape, axis: 1 }),
      );
      const right = ops.sum(isCode ? ops.select(chosen, output, 0) : ops.multiply(output, target), { axes: -1 });
      const smoothing = Number(options.smoothing ?? 0);
      const evenly = ops.multiply(ops.mean(output, { axes: -1 }), smoothing);
      const aim = smoothing === 0 ? right : ops.add(ops.multiply(right, 1 - smoothing), evenly);
      return ops.subtract(logSumExp(output), aim);
    },
    sigmoidCrossEntropy: (output, target) => {
      const y = target.shape.length === output.shape.length ? target : ops.reshape(target, { shape: output.shape });
      const each = ops.subtract(ops.softplus(output), ops.multiply(output, ops.cast(y, { dtype: output.dtype })));
      return ops.mean(each, { axes: 1 });
    },
  };
  const own = plain[kind];
  return own === undefined ? loss : { ...loss, loss: own };
}

function jobOf(plain: PlainJob): Job {
  const { data: name, targets, layers, loss, optimizer, penalty, schedule, average, augment = [], ...rest } = plain;
  const inputs = arrayOf(name);
  const train = { rows: inputs.shape[0] ?? 0, inputs, targets: arrayOf(`${name}.${targets}`) };
  return {
    model: layerFrom({ kind: "chain", layers }),
    loss: asThen(lossFrom(loss)),
    optimizer: optimizerFrom(optimizer),
    ...(penalty === undefined ? {} : { penalty: penaltyFrom(penalty) }),
    ...(schedule === undefined ? {} : { schedule: scheduleFrom(schedule) }),
    ...(average === undefined ? {} : { average: averagingFrom(average) }),
    augment: augment.map((change) => augmentationFrom(change)),
    train,
    dev: takeExamples(
      train,
      Uint32Array.from({ length: 12 }, (_, row) => row),
    ),
    ...rest,
  };
}

function hashOf(weights: ReadonlyMap<string, NdArray>): string {
  const hash = createHash("sha256");
  for (const [path, { data: values, shape }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash
      .update(`${path} ${shape.join()}\n`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest("hex");
}

/** Trains and compares: to the last bit where this processor rounds alike. */
async function expectSame(facts: Facts, job: Job, options: Parameters<typeof fit>[1] = {}): Promise<void> {
  const { trained, history, epochs, steps, journal } = await fit(job, options);
  expect(journal).toEqual(facts.journal);
  if (!exact) return;
  expect({ epochs, steps }).toEqual({ epochs: facts.epochs, steps: facts.steps });
  expect(history).toMatchObject(facts.history);
  // slopes of elu far below 0 keep digits that the first version lost
  if (!JSON.stringify(toJson(job.model)).includes('"elu"')) expect(hashOf(trained.weights)).toBe(facts.weights);
}

group("jobs as plain data train to the same weights", () => {
  test.for(Object.entries(expected.jobs))("%s", async ([, { job, described, facts }]) => {
    const made = jobOf(job);
    // options that were left out are filled in by now, and links of optimizers are called transforms
    const now = { model: toJson(made.model), loss: describe(made.loss), optimizer: describe(made.optimizer) };
    expect(now).toMatchObject(JSON.parse(JSON.stringify(described).replaceAll('"links":', '"transforms":')));
    await expectSame(facts, made);
  });
});

test("models of every layer answer as they did", async () => {
  const { tensors } = readSafetensors(bytesOf("models.safetensors"));
  for (const [name, { json, data: rows, answers }] of Object.entries(expected.models)) {
    const own = [...tensors].filter(([path]) => path.startsWith(`${name}/`));
    const { trained } = modelFromJson(json, new Map(own.map(([path, array]) => [path.slice(name.length + 1), array])));
    const inputs = arrayOf(rows);
    const { answers: found } = await predict(
      trained,
      takeExamples({ rows: inputs.shape[0] ?? 0, inputs, targets: inputs }, [0, 1, 2]).inputs,
    );
    const wanted = exact ? answers : answers.map((answer) => expect.closeTo(answer, 4));
    expect({ name, answers: [...found.data] }).toEqual({ name, answers: wanted });
  }
});

test("a checkpoint within an epoch, behind a change, is gone on from to the same weights", async () => {
  const { tensors, metadata } = readSafetensors(bytesOf("checkpoint.safetensors"));
  const resume = { arrays: tensors, position: readPosition(JSON.parse(metadata.place ?? ""), "the checkpoint") };
  const { job, facts } = expected.long;
  await expectSame(facts, jobOf(job), { resume });
  // what the checkpoint remembers of its epochs is all that a training of today would say of them
  const [resumed, whole] = [await fit(jobOf(job), { resume }), await fit(jobOf(job), { journal: facts.journal })];
  const namesIn = (records: readonly object[]): string =>
    JSON.stringify(records, (_, value) => (typeof value === "object" ? value : 0));
  expect(namesIn(resumed.history)).toBe(namesIn(whole.history));
  if (exact) expect(resumed.history).toEqual(whole.history);
});

test("a journal makes the changes once more", async () => {
  const { job, facts } = expected.long;
  expect(facts.journal).toHaveLength(1);
  await expectSame(facts, jobOf(job), { journal: facts.journal });
});

interface Recorded {
  readonly trials: readonly unknown[];
}

test.for(
  expected.studies,
)("a study asks for the same trials, also behind some that were stored (%#)", async (stored) => {
  const { definition, trials, record } = stored;
  for (const known of [0, 7]) {
    const study = studyFrom(definition);
    study.restore(trials.slice(0, known));
    await study.run(trials.length, ({ number, values, report }) => {
      const { rate, units, keep } = values as { readonly rate: number; readonly units: number; readonly keep: number };
      for (let step = 1; step <= 4; step++)
        if (report(step, (rate - 0.1) ** 2 + units / 40 + keep / step) !== undefined) return;
      if (number === 5) throw new Error("a trial that fails");
    });
    const [now, before] = [study.record(), record] as unknown as [Recorded, Recorded];
    // evolution's updates were wrong: what it had asked for stays, and what it asks for now is better
    const same = JSON.stringify(definition).includes('"cmaEs"') ? known : trials.length;
    expect(now.trials).toHaveLength(trials.length);
    // the first version's normal quantiles were right to nine digits, and those of today are to sixteen
    expect(rounded({ ...now, trials: now.trials.slice(0, same) })).toMatchObject(
      rounded({ ...before, trials: before.trials.slice(0, same) }),
    );
  }
});

/** Numbers to five digits. */
function rounded<T>(data: T): T {
  return JSON.parse(
    JSON.stringify(data, (_, value) => (typeof value === "number" ? Number(value.toPrecision(5)) : value)),
  );
}
