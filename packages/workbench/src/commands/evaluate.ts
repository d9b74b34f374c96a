/** `nabla evaluate <run> --on test`, `nabla evaluate <model> --data labelled.csv` */
import type { Command } from "commander";
import type { FileEvaluation } from "../runs/evaluate-file.ts";
import type { Evaluation, PartName } from "../runs/evaluate-run.ts";
import { findModel } from "./find-model.ts";
import { oneOf, withStore } from "./options.ts";

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id; with --data a model folder too")
    .option("--on <part>", "dev, train or test; opening test is counted", oneOf("dev", "train", "test"), "dev")
    .option("--data <file>", "in place of a part of the run: rows whose answers are known")
    .option("--target <column>", "with --data: the column of the answers, if it is called otherwise there")
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

interface EvaluateOptions {
  readonly on: PartName;
  readonly data?: string;
  readonly target?: string;
  readonly store?: string;
  readonly json?: boolean;
}

async function run(id: string, { on, data, target, store: place, json }: EvaluateOptions): Promise<void> {
  if (data !== undefined) return await runOnFile(id, { data, target, place, json });
  const { evaluateRun } = await import("../runs/evaluate-run.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const evaluation = await evaluateRun(id, on, store);
  process.stdout.write(json === true ? `${JSON.stringify(documentOf(evaluation))}\n` : await textOf(evaluation));
}

interface FileRequest {
  readonly data: string;
  readonly target: string | undefined;
  readonly place: string | undefined;
  readonly json: boolean | undefined;
}

async function runOnFile(id: string, { data, target, place, json }: FileRequest): Promise<void> {
  const { count } = await import("nabla");
  const { evaluateFile } = await import("../runs/evaluate-file.ts");
  const model = await findModel(id, place);
  const found = await evaluateFile(model, data, target === undefined ? {} : { target });
  if (json === true) {
    const { rows, score, intervals, baseline } = found;
    process.stdout.write(`${JSON.stringify({ model: id, data, rows, ...score, intervals, baseline })}\n`);
    return;
  }
  const { factsText } = await import("../terminal/facts.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const facts: (readonly [string, string])[] = [
    ["Model", id],
    ["Data", `${data}, ${count(found.rows, "row")}`],
    ...(await errorFacts("", { ...found, task: model.preparation.task })),
  ];
  process.stdout.write(`${factsText(facts, styleFor(process.stdout))}\n`);
}

function documentOf({ run: { id }, part, rows, score, intervals, baseline, testEvaluations }: Evaluation): object {
  return { run: id, on: part, rows, ...score, intervals, baseline, peeks: testEvaluations };
}

async function textOf({
  run: { id, task },
  part,
  rows,
  score,
  intervals,
  baseline,
  testEvaluations,
}: Evaluation): Promise<string> {
  const { count } = await import("nabla");
  const { factsText } = await import("../terminal/facts.ts");
  const { styleFor } = await import("../terminal/style.ts");
  const facts: (readonly [string, string])[] = [
    ["Run", id],
    ["Part", `${part}, ${count(rows, "row")}`],
    ...(await errorFacts(`${part} `, { task, score, intervals, baseline })),
  ];
  const again = testEvaluations > 1 ? "; decisions made after a look make its estimate too good" : "";
  if (part === "test") facts.push(["Peeks", `test peeks: ${testEvaluations}${again}`]);
  return `${factsText(facts, styleFor(process.stdout))}\n`;
}

async function errorFacts(
  part: string,
  { task, score, intervals: { error, rmse }, baseline }: Omit<FileEvaluation, "rows"> & { readonly task: string },
): Promise<readonly (readonly [string, string])[]> {
  const { number, percent } = await import("../text/format.ts");
  const always = task === "classification" ? "always the most frequent class" : "always the mean";
  const message = `${part}${percent(score.error)}, 95 % interval ${percent(error.from)} to ${percent(error.to)}; ${always} ${percent(baseline.error)}`;
  const facts: (readonly [string, string])[] = [[task === "classification" ? "Error" : "1 - R²", message]];
  if (score.rmse !== undefined && rmse !== undefined)
    facts.push(["RMSE", `${number(score.rmse)}, 95 % interval ${number(rmse.from)} to ${number(rmse.to)}`]);
  return facts;
}
