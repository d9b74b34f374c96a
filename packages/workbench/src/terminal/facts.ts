/** Facts of 80 columns: what every command prints. */
import { fact } from "../text/layout.ts";
import { plain, type Style } from "./style.ts";

/** A label and its text; lines of a "whole" text stay unbroken, to be copied. */
export type Fact = readonly [label: string, text: string, lines?: "whole"];

/** A list of facts under each other, labels in bold. */
export function factsText(facts: readonly Fact[], style: Style = plain): string {
  return facts
    .map(([label, text, lines]) => {
      const laid = fact(label, text, lines === "whole" ? { width: Number.POSITIVE_INFINITY } : {});
      return (label === "" ? "" : style("bold", label)) + laid.slice(label.length);
    })
    .join("\n");
}

/** Commands to run next, each with its description below it. */
export function nextFacts(
  next: readonly (readonly [command: string, does: string])[],
  style: Style = plain,
): readonly Fact[] {
  return next.flatMap(([command, does], i): readonly Fact[] => [
    [i === 0 ? "Next" : "", command, "whole"],
    ["", style("dim", does)],
  ]);
}
