/** Several targets in words. */
import { errorText, unitText } from "./description.ts";
import { percent } from "./format.ts";

/** What one of several targets is. */
export const TARGET_KINDS = ["number", "classes", "labels"] as const;

/** How well one of several targets is done. */
export interface TargetScore {
  /** What it is called. */
  readonly name: string;
  /** What it is. */
  readonly kind: (typeof TARGET_KINDS)[number];
  /** Of classes and labels the share that is wrong, of numbers 1 - R². */
  readonly error: number;
  /** Of numbers the root mean squared error in the target's own unit. */
  readonly rmse?: number;
  /** That unit, where it is known. */
  readonly unit?: string;
  /** The error of always giving the same answer; absent where it cannot be measured. */
  readonly baseline?: number;
}

/** What a training came to for one of several targets. */
export interface TargetOutcome {
  /** On train. */
  readonly train: TargetScore;
  /** On dev; absent without a dev part. */
  readonly dev?: TargetScore;
  /** The share that it counted in what was minimized, where that was learned. */
  readonly share?: number;
  /** The verdict on bias and variance, in a word. */
  readonly verdict: string;
  /** The same in a sentence. */
  readonly summary: string;
}

/** What is measured of a target. */
export function targetKindText({ kind }: Pick<TargetScore, "kind">): string {
  const measures: { readonly [K in TargetScore["kind"]]: string } = {
    number: "1 - R²",
    classes: "error",
    labels: "error per label",
  };
  return measures[kind];
}

/** The error of a target, of a number with its distance in its own unit. */
export function targetErrorText({ error, rmse, unit }: Pick<TargetScore, "error" | "rmse" | "unit">): string {
  if (Number.isNaN(error)) return "not measurable";
  return rmse === undefined ? errorText(error) : `${errorText(error)} (RMSE ${unitText(rmse, unit)})`;
}

/** A target on a part, beside what always giving the same answer comes to: `price: 1 - R² 12.3%, baseline 100%`. */
export function targetScoreText(score: TargetScore): string {
  const { name, baseline } = score;
  const always = baseline === undefined || Number.isNaN(baseline) ? "" : `; baseline ${errorText(baseline)}`;
  return `${name}: ${targetKindText(score)} ${targetErrorText(score)}${always}`;
}

/** The same of a training, with its verdict. */
export function targetOutcomeText({ train, dev, verdict, share }: TargetOutcome): string {
  const counted = share === undefined ? "" : `, counted ${percent(share)} by its uncertainty`;
  if (dev === undefined) return `${targetScoreText(train)} on train${counted}`;
  const { name, baseline } = dev;
  const always = baseline === undefined || Number.isNaN(baseline) ? "" : `, baseline ${errorText(baseline)}`;
  return `${name}: ${targetKindText(dev)} dev ${targetErrorText(dev)}, train ${errorText(train.error)}${always}${counted}; ${verdict}`;
}
