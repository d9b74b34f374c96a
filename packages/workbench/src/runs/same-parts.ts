/** Whether runs learned from the same rows, so that the dev rows of one are new to the other. */
import { NablaError } from "nabla";
import type { Run } from "../store/run.ts";
import { experimentOf } from "./stored-run.ts";

/** Throws an error of this code unless two runs have the same data, target and parts: else dev rows of one were training rows of the other. */
export function refuseOtherParts(first: Run, run: Run, code: string): void {
  const [a, b] = [first, run].map((one) => {
    const { task, split, seed, splitSeed = seed, image } = experimentOf(one);
    return JSON.stringify([one.data.sha256, one.target, task, split, splitSeed, image]);
  });
  if (a === b) return;
  if (first.data.sha256 === run.data.sha256 && first.target !== run.target)
    throw new NablaError(
      code,
      `${run.id} learned ${run.target} and ${first.id} learned ${first.target}, so their errors are not of the same answers`,
      "name runs of the same targets",
    );
  const what = first.data.sha256 === run.data.sha256 ? "split the data differently" : "was trained on other data";
  throw new NablaError(
    code,
    `${run.id} ${what} than ${first.id}, so no dev set is new to both`,
    "train them with --split-seed 1 and seeds of their own",
  );
}
