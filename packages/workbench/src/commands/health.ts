/** `nabla health <experiment.yaml | model> [data]` */
import type { Command } from "commander";
import type { Health } from "nabla/diagnose";
import { whole } from "./options.ts";

interface HealthOptions {
  readonly rows: number;
  readonly seed?: number;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  command
    .argument("<config|model>", "an experiment.yaml, or a model folder")
    .argument("[data]", "a table with the columns that it learns from (default: the experiment's)")
    .option("--rows <count>", "rows that are passed through", whole(2), 256)
    .option("--seed <number>", "decides every random number", whole(0))
    .option("--json", "print one JSON document and nothing else")
    .action(run);
}

async function run(place: string, data: string | undefined, { rows, seed, json }: HealthOptions): Promise<void> {
  const { health } = await import("nabla/diagnose");
  const { readNetwork } = await import("../runs/inspected-network.ts");
  const subject = await readNetwork(place, { data, rows, seed });
  const report = await health(subject, subject.examples, { rows, seed: subject.seed });
  process.stdout.write(json === true ? `${JSON.stringify(report)}\n` : await textOf(report));
}

/** More layers than this are shown by their first and last. */
const SHOWN = 40;

async function textOf({ layers, inputs, findings, summary, rows }: Health): Promise<string> {
  const { count } = await import("nabla");
  const { number, percent } = await import("../text/format.ts");
  const { clip, fact, grid, WIDTH, wrap } = await import("../text/layout.ts");
  const line = ({ path, deviation, gain, gradient, gradientGain, dead, saturated }: Health["layers"][number]) => [
    clip(path, 24),
    number(deviation),
    number(gain),
    number(gradient),
    number(gradientGain),
    dead === 0 ? "" : percent(dead),
    saturated === undefined || saturated === 0 ? "" : percent(saturated),
  ];
  const half = SHOWN / 2;
  const lines =
    layers.length <= SHOWN
      ? layers.map(line)
      : [...layers.slice(0, half).map(line), ["…"], ...layers.slice(-half).map(line)];
  const titles = ["layer", "deviation", "gain", "gradient", "gain", "dead", "saturated"];
  const columns = titles.map((title, i) => ({ title, align: i > 0 ? "right" : "left" }) as const);
  const advice = findings.map(({ try: what }, i) => fact(i === 0 ? "Try" : "", what));
  const about = `${count(rows, "row")}, inputs of deviation ${number(inputs)}`;
  return `${[about, "", grid(columns, lines), "", ...wrap(summary, WIDTH), ...advice].join("\n")}\n`;
}
