/** Several targets: each with its errors and its verdict. */
import type { Run } from "../store/run.ts";
import { targetErrorText, targetKindText } from "../text/targets.ts";
import { html, type Markup } from "./markup.ts";
import { paragraph, section, table } from "./pieces.ts";
import type { ReportedRun } from "./reported-run.ts";

/** The section that sets them beside each other; undefined for one target. */
export function targetsOverview({ run }: Pick<ReportedRun, "run">): Markup | undefined {
  const targets = outcomesOf(run);
  if (targets.length === 0) return undefined;
  const lines = targets.map(({ train, dev = train, verdict }) => [
    dev.name,
    targetKindText(dev),
    targetErrorText(dev),
    targetErrorText(train),
    verdict,
  ]);
  return section(
    "Targets",
    paragraph(
      "Each with its own error; the error of the whole is the mean of what each is relative to always giving the same answer.",
    ),
    table(["target", "measure", "#dev", "#train", "verdict"], lines),
  );
}

/** What begins the sections of one of several targets. */
export function targetHead(name: string, { run }: Pick<ReportedRun, "run">): Markup {
  const found = outcomesOf(run).find(({ train }) => train.name === name);
  return html`<div><h2>Target ${name}</h2>${found === undefined ? "" : paragraph(found.summary)}</div>`;
}

function outcomesOf({ outcome }: Pick<Run, "outcome">): NonNullable<NonNullable<Run["outcome"]>["targets"]> {
  return outcome?.targets ?? [];
}
