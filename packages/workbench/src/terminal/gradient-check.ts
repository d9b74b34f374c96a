/** What a check of gradients found. */
import { basename } from "node:path";
import { count } from "nabla";
import type { ModelReport } from "nabla/testing";
import type { InspectedNetwork } from "../runs/inspected-network.ts";
import { networkText } from "../text/description.ts";
import { clip, grid, WIDTH, wrap } from "../text/layout.ts";
import { factsText } from "./facts.ts";
import { styleFor } from "./style.ts";

/** The report in 80 columns. */
export function gradientCheckText(
  { layers, examples, data }: Pick<InspectedNetwork, "layers" | "examples" | "data">,
  report: ModelReport,
): string {
  const style = styleFor(process.stdout);
  const facts = [
    ["Network", networkText(layers, "inputs")],
    ["Rows", `${count(examples.rows, "row")} of ${basename(data)}`],
    ...report.points.map(({ step, verdict, error }): [string, string] => [
      report.points.length === 1 ? "Error" : `Step ${step}`,
      `${error === 0 ? "0" : error.toExponential(1)}, ${verdict}`,
    ]),
  ] as const;
  const rows = report.parameters.map(({ path, error, checked, kinks, worst }) => [
    clip(path, 36),
    error === 0 ? "0" : error.toExponential(1),
    String(checked),
    String(kinks),
    worst?.index === undefined ? "" : `[${worst.index.join(", ")}]`,
  ]);
  const titles = ["parameter", "error", "checked", "kinks", "worst at"];
  const columns = titles.map((title, i) => ({ title, align: i > 0 && i < 4 ? "right" : "left" }) as const);
  const lines = [factsText(facts, style), "", grid(columns, rows), "", ...wrap(report.summary, WIDTH)];
  return lines.join("\n");
}
