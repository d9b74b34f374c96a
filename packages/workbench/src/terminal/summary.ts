/** The text printed before a training's first step and after its last one. */
import { constantRate, count, type EpochRecord, type Json, type Notice } from "nabla";
import type { ClassMeasures } from "nabla/diagnose";
import type { NumberScore, Told } from "../store/dev-measures.ts";
import type { RecipeStep } from "../store/run.ts";
import {
  augmentationTexts,
  type BesideBaseline,
  balanceTexts,
  baselineName,
  baselineText,
  columnsText,
  errorName,
  errorText,
  kindText,
  networkText,
  type PartScore,
  partsText,
  scoresInUnit,
  scoreText,
} from "../text/description.ts";
import { duration } from "../text/duration.ts";
import { measureWords } from "../text/measure-words.ts";
import { type TargetOutcome, targetOutcomeText } from "../text/targets.ts";
import { classFacts, numberFacts } from "./class-facts.ts";
import { drawCurves } from "./curves.ts";
import { factsText, nextFacts } from "./facts.ts";
import { firstRecipeFacts } from "./recipe.ts";
import type { Style } from "./style.ts";

/** What is known before the first step. */
export interface RunOverview {
  readonly file: string;
  readonly rows: number;
  /** Kinds of the columns that are inputs. */
  readonly inputs: readonly string[];
  /** A line for each column of the file. */
  readonly columns: string;
  /** Height, width and channels, where the rows are images. */
  readonly image?: readonly number[];
  readonly notices: readonly Notice[];
  readonly target: string;
  readonly task: { readonly task: string; readonly reason: string };
  readonly parts: { readonly train: number; readonly dev: number; readonly test: number };
  readonly splitReason: string;
  readonly features: number;
  readonly model: Json;
  readonly optimizer: Json;
  readonly schedule: Json;
  /** What weights cost; absent where they cost nothing. */
  readonly penalty?: Json;
  /** How rows are varied; absent where they are not. */
  readonly augment?: readonly Json[];
  /** How classes are balanced. */
  readonly balance: "none" | "rows" | "weights";
  readonly batch: number;
  readonly epochs: number;
  readonly patience: number;
  /** Seconds that the training may take; absent where they are not limited. */
  readonly time?: number;
  readonly seed: number;
}

/** The facts before the first step. */
export function overviewText(beginning: RunOverview, style: Style): string {
  const { file, rows, inputs, columns, image, notices, target, task, parts, splitReason, features, model } = beginning;
  const { optimizer, schedule, penalty, augment = [], balance, batch, epochs, patience, time, seed } = beginning;
  const pace = kindText("schedule", schedule);
  const settings = [
    kindText("optimizer", optimizer),
    ...(pace === constantRate.kind ? [] : [`${pace} schedule`]),
    ...(penalty === undefined ? [] : [`penalty ${kindText("penalty", penalty)}`]),
    ...augmentationTexts(augment),
    ...balanceTexts(balance),
    `batch size ${batch}`,
    `at most ${count(epochs, "epoch")}${time === undefined ? "" : ` or ${duration(time)}`}`,
    ...(patience < epochs ? [`early stopping (patience ${patience})`] : []),
    `seed ${seed}`,
  ];
  const table = `${count(rows, "row")}, ${columnsText(inputs)}, ${count(features, "input")}`;
  const data = `${file}: ${image === undefined ? table : `${count(rows, "image")} of ${image.join("x")}`}`;
  const rest = [
    ...notices.map(({ message }, i) => [i === 0 ? "Notes" : "", message] as const),
    ["Task", `${target}: ${task.reason}`],
    ["Parts", `${partsText(parts)}\n${splitReason}`],
    ["Network", networkText(model, String(features))],
    ["Training", settings.join(", ")],
  ] as const;
  const shown = image === undefined ? [columns] : [];
  return [factsText([["Data", data]], style), ...shown, factsText(rest, style)].join("\n\n");
}

/** What is known after the last step. */
export interface RunSummary {
  readonly run: string;
  readonly store: string;
  /** The folder of the model; absent where none was saved. */
  readonly model?: string;
  /** The file with the full report. */
  readonly report?: string;
  readonly task: string;
  /** The scale that a number was learned on. */
  readonly targetScale?: string;
  /** What the target is measured in. */
  readonly unit?: string | undefined;
  readonly history: readonly EpochRecord[];
  /** The epoch whose weights are saved; absent where none ended. */
  readonly best?: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly reason: string;
  readonly parameters: number;
  /** How well train is done; absent where it was not measured. */
  readonly train?: PartScore;
  /** How well dev is done; absent without a dev part. */
  readonly dev?: PartScore;
  /** The error of always answering the same; absent without a dev part. */
  readonly baseline?: number;
  /** What decides, as data; the error by default. */
  readonly measure?: Json;
  /** What decided on dev, on train and of a constant answer, where that is not the error. */
  readonly decided?: readonly (readonly [string, string])[];
  /** How classes are found on dev; absent for other targets. */
  readonly classes?: Told<ClassMeasures>;
  /** Where one of two classes begins, in a sentence. */
  readonly threshold?: string;
  /** How far numbers are off on dev; absent for other targets. */
  readonly numbers?: Told<NumberScore>;
  /** Models without hidden layers, and by how much the network is better. */
  readonly baselines?: readonly BesideBaseline[];
  /** Where rows are forecasts: by how much they are better than what needs no network, in a sentence. */
  readonly forecast?: string;
  /** Each of several targets. */
  readonly targets?: readonly TargetOutcome[];
  /** The model that was handed over, in a sentence. */
  readonly shipped?: string;
  /** The error of networks on rows that they did not learn, in a sentence. */
  readonly outOfFold?: string;
  /** Whether probabilities are as sure as they are right, in a sentence. */
  readonly calibration?: string;
  /** What was asked for beside the training and failed. */
  readonly failures?: readonly { readonly extra: string; readonly message: string; readonly hint?: string }[];
  /** The verdict in a sentence. */
  readonly verdict?: string;
  /** What to try, the likeliest first. */
  readonly recipe?: readonly RecipeStep[];
  /** How to continue: many trainings in parallel, or one that is adjusted by hand. */
  readonly tuning?: string;
  /** Commands to run next, each with what it does. */
  readonly next: readonly (readonly [command: string, does: string])[];
}

const reasons: Readonly<Record<string, string>> = {
  epochs: "",
  patience: ", stopped early because the dev error no longer improved",
  time: ", ended by the time limit",
  stopped: ", stopped by you",
  diverged: ", ended because the cost was not finite",
};

/** Curves and facts after the last step. */
export function runSummaryText(ending: RunSummary, style: Style): string {
  const { run, store, model, task, history, best, epochs, seconds, reason, parameters, train, dev, baseline, verdict } =
    ending;
  const curves = drawCurves(history, { style, ...(best === undefined ? {} : { best }) });
  const always = baselineName(task);
  const words = measureWords(ending.measure, ending);
  const own = scoresInUnit({ dev, train, baseline }, ending.numbers);
  const told = own ?? { dev, train, baseline };
  const scores = [
    ...(told.dev === undefined ? [] : [scoreText("dev", { ...told.dev, unit: ending.unit })]),
    ...(told.train === undefined ? [] : [scoreText("train", { ...told.train, unit: ending.unit })]),
    ...(told.baseline === undefined || ending.forecast !== undefined ? [] : [`${always} ${errorText(told.baseline)}`]),
  ];
  const facts = factsText(
    [
      [
        "Trained",
        `${count(epochs, "epoch")} in ${duration(seconds)}${(reasons[reason] ?? "").replace("dev error", words.isPlain ? "dev error" : `dev ${words.name}`)}; ${count(parameters, "parameter")}`,
      ],
      ...(ending.decided ?? []),
      [
        errorName(task, own === undefined ? ending.targetScale : undefined),
        `${scores.join(", ")}${ending.outOfFold === undefined ? "" : "; of the network that was watched"}`,
      ],
      ...numberFacts(ending.numbers, ending.unit),
      ...classFacts(ending.classes),
      ...(ending.threshold === undefined ? [] : [["Threshold", ending.threshold] as const]),
      ...(ending.baselines ?? []).map((one, i) => [i === 0 ? "Baselines" : "", baselineText(one, words)] as const),
      ...(ending.forecast === undefined ? [] : [["Forecast", ending.forecast] as const]),
      ...(ending.targets ?? []).map((one, i) => [i === 0 ? "Targets" : "", targetOutcomeText(one)] as const),
      ...(ending.outOfFold === undefined ? [] : [["Held out", ending.outOfFold] as const]),
      ...(ending.shipped === undefined ? [] : [["Shipped", ending.shipped] as const]),
      ...(ending.calibration === undefined ? [] : [["Calibration", ending.calibration] as const]),
      ...(ending.failures ?? []).map(
        ({ extra, message, hint }) =>
          ["Failed", `${extra}: ${message}${hint === undefined ? "" : `; ${hint}`}`] as const,
      ),
      ...(verdict === undefined ? [] : [["Verdict", verdict] as const]),
      ...firstRecipeFacts(ending.recipe ?? [], run),
      ...(ending.tuning === undefined ? [] : [["Tuning", ending.tuning] as const]),
      ["Stored", `run ${run} in ${store}`],
      ...(model === undefined ? [] : [["Model", model] as const]),
      ...(ending.report === undefined ? [] : [["Report", ending.report] as const]),
      ...nextFacts(ending.next, style),
    ],
    style,
  );
  return [...(curves === "" ? [] : [curves, ""]), facts].join("\n");
}

/** A change that was tried on the way to a good verdict. */
export interface TriedStep {
  readonly number: number;
  readonly run: string;
  /** What was tried and what happened to it, in a sentence. */
  readonly summary: string;
  readonly kept: boolean;
}

/** One change that was tried: what, why, and whether it was accepted. */
export function stepText({ number, run, summary, kept }: TriedStep, style: Style): string {
  return factsText([[`Step ${number}`, `${kept ? "✓" : "✗"} ${summary} (run ${run})`]], style);
}
