/** Where the cost was going when a training ended, where that is worth a sentence. */
import { type EndEvent, optimizerFrom } from "nabla";
import { type Advice, type Diagnosis, trend } from "nabla/diagnose";
import type { ResolvedExperiment } from "../experiment/fields.ts";

/** Fewer epochs than this show no trend at their end. */
const FEWEST = 16;
/** A trend is sought in the last quarter, but in no fewer epochs than it takes. */
const [SHARE, LEAST] = [0.25, 8];
/** A dev cost that falls by less in that time has come to its end. */
const FALLING = -0.05;

/** What the end of a training's cost curve shows, and what to try. */
export interface CurveTrend {
  readonly summary: string;
  readonly advice: readonly Advice[];
}

/**
 * Reports a cost that plateaus although the model underfits, one that rises, and a dev cost that was still
 * falling when epochs or time ran out; for any other, nothing.
 */
export function curveTrend(
  { history, reason }: Pick<EndEvent, "history" | "reason">,
  { bias }: Pick<Diagnosis, "bias">,
  { optimizer }: Pick<ResolvedExperiment, "optimizer">,
): CurveTrend | undefined {
  if (history.length < FEWEST) return undefined;
  const last = Math.max(LEAST, Math.ceil(SHARE * history.length));
  const options = { last, unit: "epoch" };
  const learning = trend(
    history.map(({ cost }) => cost),
    options,
  );
  const stuck = learning.kind === "stuck" && bias === "high" && !hasSettled(history);
  if (learning.kind === "diverging" || stuck) {
    const { adaptive = false } = optimizerFrom(optimizer);
    const advice = learning.advice.filter(({ code }) => !adaptive || code !== "plateau/adaptive");
    return { summary: learning.summary, advice };
  }
  if (learning.kind !== "converging" || !["epochs", "time", "stopped"].includes(reason)) return undefined;
  const measured = trend(
    history.map(({ train, dev }) => (dev ?? train).cost),
    options,
  );
  if (measured.kind !== "converging" || measured.change > FALLING) return undefined;
  const because = measured.summary;
  const longer = { code: "bias/longer", try: "more epochs", because };
  return {
    summary: `${because} The dev cost was still falling at the end.`,
    advice: [longer],
  };
}

/** Whether the schedule had brought the rate down, so that a cost which stands still is what it is meant to do. */
function hasSettled(history: EndEvent["history"]): boolean {
  const rates = history.map(({ rate }) => rate);
  return (rates.at(-1) ?? 0) < 0.1 * Math.max(...rates);
}
