/** `nabla report <run or study> [--out report.html]` */
import type { Command } from "commander";
import { NablaError } from "nabla";
import type { Stores } from "../store/open.ts";
import { jsonOption, pair, positive, withStore } from "./options.ts";

interface ReportOptions {
  readonly out?: string;
  readonly store?: string;
  readonly missCost?: number;
  readonly alarmCost?: number;
  readonly contour?: readonly [string, string];
  readonly json?: boolean;
}

/** Declares `nabla report`: its arguments, its options and what it does. */
export function configureReport(command: Command): void {
  withStore(command)
    .argument("<runs...>", "a run or a study, or the start of its id; several get a report each")
    .option("--out <file>", "the HTML file (default: beside the model)")
    .option("--miss-cost <number>", "of two classes: cost of a false negative (a missed row of the second)", positive)
    .option("--alarm-cost <number>", "of two classes: cost of a false positive", positive)
    .option("--contour <pair>", "of a study: two hyperparameters to be seen together, such as rate,units", pair)
    .option(...jsonOption)
    .action(run);
}

async function run(ids: readonly string[], options: ReportOptions): Promise<void> {
  const { out, store: place, json = false } = options;
  if (out !== undefined && ids.length > 1) {
    const message = `--out names one file, and ${ids.length} reports were asked for`;
    throw new NablaError("usage/both", message, "leave --out out: each report is written beside its model");
  }
  const { print } = await import("../terminal/print.ts");
  const { openStores } = await import("../store/open.ts");
  const { findStore } = await import("../store/store-place.ts");
  await using stores = await openStores(findStore(place, process.env, process.cwd()), { create: false });
  const written: Written[] = [];
  for (const id of new Set(ids)) written.push(await write(id, stores, options));
  const lines = ({ report, rows, otherRows = [] }: Written): string =>
    [`Report  ${report}`, ...[rows ?? [], otherRows].flat().map((file) => `Rows    ${file}`)].join("\n");
  const [only, ...more] = written;
  print(json, more.length === 0 ? only : written, () => written.map(lines).join("\n"));
}

/** The files of a report; that of a study has no rows. */
interface Written {
  readonly report: string;
  readonly rows?: string;
  readonly otherRows?: readonly string[];
}

/** Writes the report of a run or a study. */
async function write(id: string, stores: Stores, options: ReportOptions): Promise<Written> {
  const { out, missCost: miss = 1, alarmCost: falseAlarm = 1, contour } = options;
  const { findStudy } = await import("../store/find-study.ts");
  const output = out === undefined ? {} : { file: out };
  const study = await findStudy(id, stores);
  if (study !== undefined) {
    const { writeStudyReport } = await import("../report/study/study-report.ts");
    const pairs = contour === undefined ? {} : { contour };
    return { report: await writeStudyReport(study.name, { studies: stores.studies, ...output, ...pairs }) };
  }
  const { writeReport } = await import("../report/report.ts");
  const { file, ...rows } = await writeReport(id, { store: stores.runs, ...output, costs: { miss, falseAlarm } });
  return { report: file, ...rows };
}
