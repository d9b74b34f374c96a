/**
 * Options of other tools that mean something else here, or nothing: what to type in their place. Names that mean the very
 * same are declared by the fields (`elsewhere`), and understood.
 */

import { type Fields, otherNames } from "nabla/fields";
import { experimentFields } from "../experiment/fields.ts";
import { flagOf } from "../experiment/option-words.ts";

/** What to type for an option with a value, which is empty where none was given. */
type Answer = (value: string) => string;

/** A share or a percentage as percent: 20 of 0.2 and of 20; undefined for what is neither. */
function percentOf(value: string): number | undefined {
  const share = value.trim() === "" ? Number.NaN : Number(value);
  const percent = share < 1 ? share * 100 : share;
  return percent > 0 && percent < 100 ? Number(percent.toPrecision(6)) : undefined;
}

/** A split in which one part has the given share; `parts` divides the rest. */
function splitWith(parts: (given: number, rest: number) => readonly number[]): Answer {
  return (value) => {
    const given = percentOf(value);
    const shares = given === undefined ? [60, 20, 20] : parts(given, 100 - given);
    const split = shares.map((share) => Number(share.toPrecision(6))).join("/");
    return `--split ${split} (train/dev/test)`;
  };
}

const dev = splitWith((given, rest) => [rest, given, 0]);
const test = splitWith((given, rest) => [0.75 * rest, 0.25 * rest, given]);
const train = splitWith((given, rest) => [given, rest / 2, rest / 2]);

/** An option whose kind has options of its own, as JSON for a shell. */
function kindWith(option: string, kind: string, name: string, usual: number): Answer {
  return (value) => `--${option} '{"kind":"${kind}","${name}":${Number(value) || usual}}'`;
}

const scaling: Answer = (value) => `--scaling ${/min/i.test(value) ? "minMax" : "standardize"}`;
const cores: Answer = (value) => `NABLA_THREADS=${Number(value) || 2} before the command; of \`nabla tune\` --workers`;
const silent: Answer = () => "progress is printed unless --quiet is given";
const noDevice: Answer = () => "training runs on the processor; `nabla doctor` tells what it uses";
const files: Answer = (value) =>
  `files stand behind the command without an option: ${value === "" ? "data.csv" : value}`;
const inFile = (line: string): Answer => {
  return () => `in an experiment.yaml: \`${line}\` (nabla train --config experiment.yaml)`;
};

const answers: Readonly<Record<string, Answer>> = {
  ...Object.fromEntries(
    ["val-split", "validation-split", "val-size", "validation-size", "val-fraction", "validation-fraction"].map(
      (name) => [name, dev],
    ),
  ),
  "dev-split": dev,
  "dev-size": dev,
  "test-split": test,
  "test-size": test,
  "test-fraction": test,
  "train-split": train,
  "train-size": train,
  "train-fraction": train,
  "weight-decay": kindWith("optimizer", "adamW", "decay", 0.5),
  wd: kindWith("optimizer", "adamW", "decay", 0.5),
  momentum: kindWith("optimizer", "momentum", "beta", 0.9),
  beta1: kindWith("optimizer", "adamW", "beta1", 0.9),
  beta2: kindWith("optimizer", "adamW", "beta2", 0.999),
  l1: kindWith("penalty", "l1", "strength", 0.001),
  lambda: (value) =>
    `--penalty with ${Number(value) || "λ"} / m, where m are the training rows: its strength multiplies Σ w²/2`,
  alpha: (value) => `--penalty ${Number(value) || 0.001} (J + strength/2 · Σ w²)`,
  "early-stopping": (value) => `--patience ${Number(value) || 10}`,
  units: (value) => `--hidden ${/^[\d,]+$/.test(value) ? value : "128,64"}`,
  layers: (value) => `--hidden ${/^[\d,]+$/.test(value) ? value : "128,64"}`,
  standardize: scaling,
  scaler: scaling,
  "batch-norm": inFile("normalize: true"),
  batchnorm: inFile("normalize: true"),
  normalize: scaling,
  loss: inFile("loss: squaredError"),
  balanced: () => "--balance weights",
  classification: () => "--task classification",
  regression: () => "--task regression",
  threads: cores,
  jobs: cores,
  "n-jobs": cores,
  "num-workers": cores,
  verbose: silent,
  progress: silent,
  gpu: noDevice,
  cuda: noDevice,
  device: noDevice,
  data: files,
  input: files,
  file: files,
  csv: files,
  "train-data": files,
  "n-trials": (value) => `--trials ${Number(value) || 60}`,
  "max-trials": (value) => `--trials ${Number(value) || 60}`,
  plot: () => "curves and charts are in the report, which is written beside the model",
};

/** A word that is an option, with its value. */
interface Typed {
  readonly name: string;
  readonly value: string;
}

function typedIn(words: readonly string[], flag: string): Typed {
  const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const [, joined] = /=(.*)$/s.exec(words[at] ?? "") ?? [];
  const next = words[at + 1];
  const value = joined ?? (next === undefined || next.startsWith("--") ? "" : next);
  return { name: plain(flag), value };
}

/** `--Val_Split`, `--valSplit` and `--val-split` are one name. */
function plain(flag: string): string {
  const name = flag.replace(/^-+/, "").replace(/=.*$/s, "");
  return name
    .replace(/(?<=[a-z])[A-Z]/g, "-$&")
    .replaceAll("_", "-")
    .toLowerCase();
}

/** The option of the command that other commands know by this name too. */
function otherName(name: string, known: readonly string[]): string | undefined {
  const found = Object.entries<Fields[string]>(experimentFields).find(([, one]) =>
    Object.hasOwn(otherNames(one), name),
  );
  const flag = found && flagOf(...found);
  return flag !== undefined && known.includes(flag) ? `here it is ${flag}` : undefined;
}

/**
 * What to type in place of an option that the command does not have; undefined where nothing is known of it. `known` are
 * the options of the command.
 */
export function answerTo(flag: string, words: readonly string[], known: readonly string[]): string | undefined {
  const { name, value } = typedIn(words, flag);
  const spelled = known.find((one) => one !== flag && plain(one) === name);
  if (spelled !== undefined) return `it is written ${spelled}`;
  const answer = Object.hasOwn(answers, name) ? answers[name]?.(value) : undefined;
  if (answer === undefined) return otherName(name, known);
  const [, meant] = /^(--[a-z-]+)/.exec(answer) ?? [];
  return meant === undefined || known.includes(meant) ? answer : undefined;
}
