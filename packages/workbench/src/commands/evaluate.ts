/** `nabla evaluate <run> --on test`, `nabla evaluate <model> --data labelled.csv` */

import type { Command } from "commander";
import { compact } from "nabla";
import { printError } from "../host/output.ts";
import type { EvaluateFileOptions } from "../runs/evaluate-file.ts";
import type { PartName } from "../runs/evaluate-run.ts";
import { fileOptionsIn, withFile } from "./experiment-options.ts";
import { fieldOption } from "./field-option.ts";
import { jsonOption, oneOf, withStore } from "./options.ts";
import { intervalField } from "./predict.ts";

/** Declares `nabla evaluate`: its arguments, its options and what it does. */
export function configureEvaluate(command: Command): void {
  withFile(withStore(command))
    .argument("<run>", "a run, or the start of its id; with --data a model folder too")
    .option("--on <part>", "dev, train or test; opening test is counted", oneOf("dev", "train", "test"), "dev")
    .option("--data <file>", "in place of a part of the run: rows whose answers are known")
    .option("--target <column>", "with --data: the column of the answers, if it is called otherwise there")
    .option(
      "--weight <column>",
      "with --data: the column that rows count by (default: that of the training, if it is there)",
    )
    .addOption(
      fieldOption("interval", intervalField, {
        help: "on test or with --data: how many rows lie in the model's intervals of such a percentage (default: 90)",
      }),
    )
    .option(...jsonOption)
    .action(run);
}

interface EvaluateOptions {
  readonly on: PartName;
  readonly data?: string;
  readonly target?: string;
  readonly weight?: string;
  readonly interval?: number;
  readonly [option: string]: unknown;
  readonly store?: string;
  readonly json?: boolean;
}

async function run(
  id: string,
  { on, data, target, weight, interval, store: place, json, ...others }: EvaluateOptions,
): Promise<void> {
  const level = compact({ interval: interval && interval / 100 });
  const options = { ...compact({ target, weight, ...fileOptionsIn(others) }), ...level };
  if (data !== undefined) return await runOnFile(id, { data, place, json, options });
  const { print } = await import("../terminal/print.ts");
  const { evaluationDocument, evaluationText } = await import("../terminal/evaluation.ts");
  const { evaluateRun } = await import("../runs/evaluate-run.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const evaluation = await evaluateRun(id, on, store, level);
  print(json, evaluationDocument(evaluation), () => evaluationText(evaluation));
}

interface FileRequest {
  readonly data: string;
  readonly options: EvaluateFileOptions;
  readonly place: string | undefined;
  readonly json: boolean | undefined;
}

async function runOnFile(id: string, { data, options, place, json }: FileRequest): Promise<void> {
  const { findModel } = await import("../runs/find-model.ts");
  const { print } = await import("../terminal/print.ts");
  const { fileEvaluationText } = await import("../terminal/evaluation.ts");
  const { evaluateFile } = await import("../runs/evaluate-file.ts");
  const { decidesIn } = await import("../runs/decided-model.ts");
  const model = await findModel(id, place);
  const decides = await decidesIn(model, place);
  const found = await evaluateFile(model, data, { ...options, ...compact({ decides }) });
  const { rows, score, intervals, baseline, decided, classes, coverage, unanswered, unknown, notices } = found;
  const more = compact({ decided, classes, coverage });
  for (const { message } of notices) printError(`note: ${message}\n`);
  const { targetUnit } = await import("nabla");
  const { task } = model.preparation;
  print(json, { model: id, data, rows, ...score, intervals, baseline, ...more, unanswered, unknown }, () =>
    fileEvaluationText(found, { model: id, data, task, unit: targetUnit(model.preparation) }),
  );
}
