/** The cost as a function of the learning rate. */
import type { RateFinding } from "nabla";
import { number } from "../text/format.ts";
import { grid } from "../text/layout.ts";
import { commandLine } from "./command-line.ts";
import { factsText, nextFacts } from "./facts.ts";
import { styleFor } from "./style.ts";

/** The cost by rate, and the command (`words`) that trains with the rate that was found. */
export function rateFindingText({ curve, rate, highest }: RateFinding, words: readonly string[]): string {
  const style = styleFor(process.stdout);
  const every = Math.max(1, Math.ceil(curve.length / 16));
  const highestCost = Math.max(...curve.map(({ smooth }) => smooth));
  const rows = curve
    .filter((_, i) => i % every === 0)
    .map((point) => [
      point.rate.toPrecision(2),
      number(point.smooth),
      "█".repeat(Math.max(1, Math.round((40 * point.smooth) / highestCost))),
    ]);
  const columns = [{ title: "rate", align: "right" }, { title: "cost", align: "right" }, { title: "" }] as const;
  const facts = [
    ["Rate", `${rate.toPrecision(2)}, where the cost falls most steeply`],
    ["At most", `${highest.toPrecision(2)}, where it is lowest: longer steps overshoot`],
    ...nextFacts([[commandLine([...words, "--rate", rate.toPrecision(2)]), "trains with it"]], style),
  ] as const;
  return `${grid(columns, rows)}\n\n${factsText(facts, style)}`;
}
