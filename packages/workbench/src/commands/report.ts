/** `nabla report <run or study> [--out report.html]` */
import type { Command } from "commander";
import { jsonOption, pair, positive, withStore } from "./options.ts";

interface ReportOptions {
  readonly out?: string;
  readonly store?: string;
  readonly missCost?: number;
  readonly alarmCost?: number;
  readonly contour?: readonly [string, string];
  readonly json?: boolean;
}

export function configureReport(command: Command): void {
  withStore(command)
    .argument("<run>", "a run or a study, or the start of its id")
    .option("--out <file>", "the HTML file (default: beside the model)")
    .option("--miss-cost <number>", "of two classes: cost of a false negative (a missed row of the second)", positive)
    .option("--alarm-cost <number>", "of two classes: cost of a false positive", positive)
    .option("--contour <pair>", "of a study: two hyperparameters to be seen together, such as rate,units", pair)
    .option(...jsonOption)
    .action(run);
}

async function run(id: string, options: ReportOptions): Promise<void> {
  const { out, store: place, missCost: miss = 1, alarmCost: falseAlarm = 1, contour, json = false } = options;
  const { print } = await import("../terminal/print.ts");
  const { openStores } = await import("../store/open.ts");
  const { findStore } = await import("../store/store-place.ts");
  const { findStudy } = await import("../store/find-study.ts");
  await using stores = await openStores(findStore(place, process.env, process.cwd()), { create: false });
  const output = out === undefined ? {} : { file: out };
  const study = await findStudy(id, stores);
  if (study !== undefined) {
    const { writeStudyReport } = await import("../report/study/study-report.ts");
    const pairs = contour === undefined ? {} : { contour };
    const report = await writeStudyReport(study.name, { studies: stores.studies, ...output, ...pairs });
    print(json, { report }, () => `Report  ${report}`);
    return;
  }
  const { writeReport } = await import("../report/report.ts");
  const { file, rows } = await writeReport(id, { store: stores.runs, ...output, costs: { miss, falseAlarm } });
  print(json, { report: file, rows }, () => `Report  ${file}\nRows    ${rows}`);
}
