/** Whether what is left of the error is noise, or information that the inputs lack, rather than bias. */
import { listing, shareText } from "../base/text.ts";
import { type Diagnosis, sentence } from "./diagnose.ts";
import type { Peers } from "./peers.ts";

/** A model whose interval reaches to a gain of this share of the error could be much better: then too few rows were compared. */
const MUCH = 0.5;
/** Rows that are alike explain the error from this share of it on. */
const EXPLAINED = 0.5;

/**
 * Evidence that the network is at the noise floor: no other model is surely better, so many rows were compared that one
 * that is much better would have been seen, a bigger network was among them, and another kind of model ends at about the
 * same error, or rows that are alike differ in their targets by as much. Where variance is high, both.
 */
export function floorEvidence(
  { error, others, noise }: Peers,
  variance: Diagnosis["variance"] = "low",
): string | undefined {
  const isBetter = others.some(({ effect }) => effect.interval.from > 0 || effect.interval.to > MUCH * error);
  if (isBetter || others.length < 2 || !others.some(({ kind }) => kind === "bigger")) return undefined;
  const alike = others.filter(({ effect }) => effect.interval.to >= 0);
  const isOfOtherKind = alike.some(({ kind }) => kind !== "bigger");
  const isNoise = noise !== undefined && noise.least >= EXPLAINED * error;
  if (!isOfOtherKind && !isNoise) return undefined;
  // a network that learns rows by heart errs on others however little noise there is: only the rows themselves tell
  if (variance === "high" && !(isNoise && alike.length === others.length)) return undefined;
  const names = listing(others.map(({ name, error: own }) => `${name} (${shareText(own, 2)})`));
  const where =
    alike.length === others.length
      ? `${alike.length > 2 ? "all " : ""}end within the interval of its dev error`
      : "are no better than it on dev";
  return `${names} ${where} (${shareText(error, 2)})${isNoise ? `; ${noiseText(noise)}` : ""}`;
}

function noiseText({ by, least, most }: NonNullable<Peers["noise"]>): string {
  const range = least === most ? `about ${shareText(least, 2)}` : `${shareText(least, 2)} to ${shareText(most, 2)}`;
  const rows = by === "repeated inputs" ? "rows with the very same inputs" : "the nearest rows";
  return `${rows} differ in their targets as if noise alone made an error of ${range}`;
}

/** The diagnosis of a network that is at the noise floor because of what other models do: its bias is none that a network could lower. */
export function atFloor(diagnosis: Diagnosis, because: string): Diagnosis {
  const verdict = "noise floor";
  return {
    ...diagnosis,
    verdict,
    summary: diagnosis.summary.replace(sentence(diagnosis.verdict), sentence(verdict)),
    advice: [{ code: floorCode, because, try: FLOOR_WORDS }, ...diagnosis.advice],
  };
}

/** The action at the noise floor. */
export const floorCode = "floor/noise";
/** What is advised where the error is at the noise floor. */
export const FLOOR_WORDS =
  "say what error people or the best known method reach (human), or give columns that tell such rows apart: a bigger network is unlikely to help";
