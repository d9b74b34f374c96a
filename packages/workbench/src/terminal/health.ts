/** What passes through each layer. */
import { count } from "nabla";
import type { Health } from "nabla/diagnose";
import { number, percent } from "../text/format.ts";
import { clip, fact, grid, WIDTH, wrap } from "../text/layout.ts";

/** More layers than this are shown by their first and last. */
const SHOWN = 40;

/** A line for each layer, then what to do. */
export function healthText({ layers, inputs, findings, summary, rows }: Health): string {
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
  return [about, "", grid(columns, lines), "", ...wrap(summary, WIDTH), ...advice].join("\n");
}
