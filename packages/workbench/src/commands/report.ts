/** `nabla report <run> [--out report.html]` */
import type { Command } from "commander";
import { positive, withStore } from "./options.ts";

interface ReportOptions {
  readonly out?: string;
  readonly store?: string;
  readonly missCost?: number;
  readonly alarmCost?: number;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  withStore(command)
    .argument("<run>", "a run, or the start of its id")
    .option("--out <file>", "the HTML file (default: beside the model)")
    .option("--miss-cost <number>", "of two classes: what it costs to miss a row of the second", positive)
    .option("--alarm-cost <number>", "of two classes: what it costs to take another row for the second", positive)
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(
  id: string,
  { out, store: place, missCost: miss = 1, alarmCost: falseAlarm = 1, json }: ReportOptions,
): Promise<void> {
  const { writeReport } = await import("../report/report.ts");
  const { openStore } = await import("../store/open.ts");
  await using store = await openStore(place, { create: false });
  const output = out === undefined ? {} : { file: out };
  const { file, rows } = await writeReport(id, { store, ...output, costs: { miss, falseAlarm } });
  process.stdout.write(
    json === true ? `${JSON.stringify({ report: file, rows })}\n` : `Report  ${file}\nRows    ${rows}\n`,
  );
}
