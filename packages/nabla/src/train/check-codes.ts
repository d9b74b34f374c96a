/** Codes that a layer reads are checked before training: out of range they would learn nothing, without a word. */
import type { NdArray } from "../array/ndarray.ts";
import { known, NablaError } from "../base/error.ts";
import { isNamed } from "../base/named.ts";
import { type AnyExamples, type Arrays, type StoredExamples, sliceExamples } from "../data/examples.ts";
import { compile, type ProgramSpec } from "../engine/program.ts";
import { isInput, nameOf } from "../graph/leaf.ts";
import { walk } from "../graph/walk.ts";
import type { Signal } from "../nn/layer.ts";
import { buildModel } from "../nn/model.ts";
import { defaults } from "./defaults.ts";
import { type ExampleOutline, exampleFeeds, inputsFor } from "./example-inputs.ts";
import type { ResolvedJob } from "./job.ts";
import type { TrainingStep } from "./step.ts";

/**
 * Throws `train/codes` where examples are changed by augmentation or mixup, and where they hold a code that a layer does not have: one below 0, from its count on, or with a
 * fraction. Positions that the mask leaves out may hold anything.
 */
export async function checkCodes(
  job: Pick<ResolvedJob, "model" | "engine" | "train" | "dev" | "augment" | "mixup">,
  { states }: Pick<TrainingStep, "states">,
): Promise<void> {
  const { model, engine, train, dev } = job;
  const outline: ExampleOutline = train;
  const { x, all } = inputsFor(outline);
  const { codes } = buildModel<Signal, Signal>(model, x, { variables: states, mode: "predict" });
  if (codes.size === 0) return;
  const outputs = Object.fromEntries([...codes].map(([path, { codes: tensor }]) => [path, tensor]));
  checkUnchanged(job, codes);
  const read = new Set(walk(Object.values(outputs)).filter(isInput));
  // what layers before compute of settings and random numbers is no code of the data
  if ([...read].some((tensor) => !all.includes(tensor))) return;
  const spec: ProgramSpec = { inputs: [...read], outputs };
  const program = await compile(spec, engine === undefined ? {} : { engine });
  for (const [part, examples] of [
    ["train", train],
    ["dev", dev],
  ] as const) {
    if (examples === undefined) continue;
    for (let from = 0; from < examples.rows; from += defaults.evaluationBatch) {
      const batch = sliceExamples<Arrays, Arrays>(examples, from, from + defaults.evaluationBatch);
      const feeds = Object.entries(exampleFeeds(batch));
      const names = new Set([...read].map(nameOf));
      const found = await program.run(Object.fromEntries(feeds.filter(([name]) => names.has(name))));
      for (const [path, { count }] of codes) {
        const at = wrongCode(known(found[path], path), count, maskOf(batch));
        if (at !== undefined) throw wrong({ part, path, count, row: from + at.row, code: at.code });
      }
    }
  }
}

/** Throws `train/codes` for changes of examples that would make other codes of them. */
function checkUnchanged(
  { augment, mixup, train }: Pick<ResolvedJob, "augment" | "mixup" | "train">,
  codes: ReadonlyMap<string, unknown>,
): void {
  // augmentation of several arrays is refused elsewhere, with an error of its own
  const augmented = isNamed(train.inputs) ? undefined : augment[0]?.kind;
  const change = augmented ?? (mixup === undefined ? undefined : "mixup");
  if (change === undefined) return;
  const message = `${[...codes.keys()][0]} looks up codes, and ${change} would make others of them`;
  throw new NablaError("train/codes", message, "leave it out: codes are no amounts");
}

function maskOf({ mask }: AnyExamples | StoredExamples): NdArray | undefined {
  return mask === undefined || isNamed(mask) ? undefined : mask;
}

interface WrongCode {
  readonly row: number;
  readonly code: number;
}

function wrongCode({ data, shape }: NdArray, count: number, mask: NdArray | undefined): WrongCode | undefined {
  const width = data.length / Math.max(1, shape[0] ?? 1);
  // a mask covers whole positions: it has as many numbers, or a whole part of them
  const each = mask === undefined || data.length % mask.data.length !== 0 ? 0 : data.length / mask.data.length;
  for (let i = 0; i < data.length; i++) {
    const code = data[i] ?? 0;
    if (code >= 0 && code < count && Number.isInteger(code)) continue;
    if (each > 0 && mask?.data[Math.floor(i / each)] === 0) continue;
    return { row: Math.floor(i / width), code };
  }
  return undefined;
}

function wrong({
  part,
  path,
  count,
  row,
  code,
}: WrongCode & { part: string; path: string; count: number }): NablaError {
  const layer = path === "" ? "the embedding" : path;
  const message = `${layer} has the codes 0 to ${count - 1}, and row ${row} of ${part} holds ${code}`;
  const hint = Number.isInteger(code)
    ? `count codes from 0, or give the embedding count: ${Math.max(count, code + 1)}`
    : "round the codes, or leave numbers that are no codes to other layers";
  return new NablaError("train/codes", message, hint);
}
