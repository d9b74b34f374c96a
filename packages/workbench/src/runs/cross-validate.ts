/** The error by k-fold cross-validation: an estimate from more rows where a run has few. */
import { setImmediate } from "node:timers/promises";
import {
  applyPreparation,
  count,
  type Fold,
  joinTables,
  logScaled,
  NablaError,
  predict,
  prepare,
  restoreTargets,
  splitRows,
  train as startTraining,
  type Table,
  takeTable,
  targetValues,
} from "nabla";
import { type Interval, meanOf, populationVariance, wilson } from "nabla/statistics";
import type { ResolvedExperiment } from "../experiment/fields.ts";
import { foldsOf } from "../experiment/folds.ts";
import { preparingOf } from "../experiment/parts.ts";
import type { Plan } from "../experiment/plan.ts";
import { jobOf } from "../experiment/resolve.ts";
import type { CrossValidation } from "../store/run.ts";
import { bootstrapError } from "./bootstrap.ts";
import { squaredDistance } from "./own-unit.ts";

/**
 * Trains once for each fold and evaluates on the held-out rows. The best epoch is chosen, as in the run itself, on a
 * dev part of the training rows, so that no fold influences its own estimate. Every row is evaluated once.
 */
export async function crossValidate({ resolved, parts, prepared }: Plan, folds: number): Promise<CrossValidation> {
  const rows = joinTables(parts.train, parts.dev);
  const answers: number[] = [];
  const targets: number[] = [];
  for (const [number, fold] of foldsOf(resolved, parts, folds).entries()) {
    const found = await askFold({ resolved, parts, prepared, notices: [] }, rows, fold).catch((error: unknown) => {
      if (!(error instanceof NablaError)) throw error;
      const place = `fold ${number + 1} of ${folds}, ${count(fold.learn.length, "row")} to learn from`;
      throw new NablaError(error.code, `${place}: ${error.message}`, "give more rows, or leave out --folds");
    });
    answers.push(...found.answers);
    targets.push(...found.targets);
  }
  const { error, interval, rmse } = measured(answers, targets, resolved);
  return { folds, rows: rows.rows, error, ...interval, ...(rmse === undefined ? {} : { rmse }) };
}

interface Answers {
  readonly answers: Iterable<number>;
  readonly targets: Iterable<number>;
}

async function askFold({ resolved, parts }: Plan, rows: Table, { learn, held }: Fold): Promise<Answers> {
  const all = parts.groups === undefined ? undefined : [...parts.groups.train, ...parts.groups.dev];
  const seen = takeTable(rows, learn);
  const share = parts.rows.train / (parts.rows.train + parts.rows.dev);
  const inner = splitRows(
    {
      rows: learn.length,
      ...(seen.target?.kind === "category" ? { classes: seen.target.codes } : {}),
      ...(all === undefined ? {} : { groups: Array.from(learn, (row) => all[row] ?? -1) }),
    },
    { seed: resolved.splitSeed ?? resolved.seed, fractions: { train: share, dev: 1 - share, test: 0 } },
  );
  const { task } = resolved;
  const train = takeTable(seen, inner.train);
  const preparation = prepare.fit(train, preparingOf(resolved));
  const examples = (part: Table) => applyPreparation(preparation, part);
  const training = startTraining({
    ...jobOf(resolved),
    train: examples(train),
    dev: examples(takeTable(seen, inner.dev)),
  });
  // Trainings never wait for anything: so that Ctrl-C is heard.
  for await (const event of training) {
    if (event.kind === "end") break;
    await setImmediate();
  }
  const { trained } = await training.result();
  const asked = examples(takeTable(rows, held));
  const { answers, classes } = await predict(trained, asked.inputs);
  if (task === "regression")
    return {
      answers: restoreTargets(preparation, answers).data,
      targets: targetValues(preparation, asked.targets).data,
    };
  return {
    answers: classes?.data ?? answers.data.map((second) => Number(second > 0.5)),
    targets: asked.targets.data,
  };
}

interface Pooled {
  readonly error: number;
  readonly interval: Interval;
  readonly rmse?: number;
}

function measured(
  answers: readonly number[],
  targets: readonly number[],
  { task, seed, targetScale }: Pick<ResolvedExperiment, "task" | "seed" | "targetScale">,
): Pooled {
  const rows = targets.length;
  if (rows === 0) throw new NablaError("data/few-rows", "there is no row to predict");
  if (task !== "regression") {
    const error = meanOf(targets.map((target, row) => Number(answers[row] !== target)));
    return { error, interval: wilson(error, rows) };
  }
  const rmse = Math.sqrt(squaredDistance({ answers, targets }));
  // as everywhere, the error is that of the scale that is learned
  const scaled = targetScale === "log" ? logScaled : (value: number): number => value;
  const learned = { answers: answers.map(scaled), targets: targets.map(scaled) };
  const mistake = squaredDistance(learned);
  const variance = populationVariance(learned.targets);
  const { error: interval } = bootstrapError(learned.answers, learned.targets, seed);
  return { error: variance === 0 ? Number(mistake > 0) : mistake / variance, interval, rmse };
}
