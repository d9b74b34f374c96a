/** A model as one file of plain JavaScript with everything inside: preparation, network, weights. */
import type { NdArray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { compact } from "../../base/compact.ts";
import { NablaError } from "../../base/error.ts";
import { listing } from "../../base/text.ts";
import {
  type ColumnPreparation,
  type NumberTarget,
  type Preparation,
  type SoleTarget,
  slotCount,
  type TargetPreparation,
  thresholdOf,
} from "../../data/preparation.ts";
import { targetBounds } from "../../data/target-scale.ts";
import type { ByPath } from "../../nn/model.ts";
import type { ExchangedModel } from "../model-json.ts";
import { plainPreparation } from "../plain-preparation.ts";
import { base64Lines } from "./base64.ts";
import { functionsFor } from "./functions.ts";
import { networkCode } from "./network-code.ts";
import { blockCode, numbersCode, predictCode } from "./page.ts";
import { tableCode } from "./table-code.ts";

/** Options of `writeJs`. */
export interface JsOptions {
  /** What the model is called in the first line. */
  readonly name: string;
  /** The version of nabla that writes. */
  readonly version: string;
}

/**
 * The text of an ES module that exports `predict`, for Node, browsers and workers. Predictions differ from nabla's by
 * what float32 rounds. Only the functions that the network needs are written. Throws `js/op`, and
 * `js/columns` for an image beside other columns.
 */
export function writeJs(model: ExchangedModel, { name, version }: JsOptions): string {
  refuseWords(model.preparation);
  const { trained } = model;
  const { loss, shape } = trained;
  const { code, weights, outputs } = networkCode(trained);
  const preparation = model.preparation ?? plainPreparation({ shape, outputs, loss, classes: trained.classes });
  const block = preparation.columns.find((column) => column.kind === "block");
  const { target } = preparation;
  const varying = preparation.columns.filter(({ kind }) => kind !== "constant");
  if (block !== undefined && varying.length > 1) {
    const message = `the file takes rows of a table or images, and the model takes ${block.name} beside other columns`;
    throw new NablaError("js/columns", message, "export to ONNX, which takes both");
  }
  const sections = [
    headerOf(preparation, { name, version }),
    factsOf(preparation),
    predictCode({
      ...{ kind: target.kind, outputs, table: block === undefined },
      temperature: model.temperature ?? 1,
      threshold: thresholdOf(preparation),
      number: target.kind === "number" ? numberCode(target) : "",
    }),
    block === undefined ? tableCode(preparation.columns) : blockCode,
    code,
    ...functionsFor(code),
    weightsCode(weights),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** Throws `js/texts` where texts are words in order: their network would be written out step by step. */
function refuseWords(preparation: Preparation | undefined): void {
  const column = preparation?.columns.find((one) => one.kind === "text" && one.ordered);
  if (column === undefined) return;
  const message = `column ${column.name} is read word by word, which a file of JavaScript does not do`;
  throw new NablaError("js/texts", message, "export to ONNX, or train with --encoder bag");
}

/** Text that cannot end the comment that contains it. */
function inComment(text: string): string {
  return text
    .replaceAll("*/", "* /")
    .replaceAll("</", "< /")
    .replaceAll(/[\r\n\u2028\u2029]+/g, " ");
}

/** JSON that is safe inside a script of a page too. */
function inCode(value: unknown): string {
  return JSON.stringify(value).replaceAll("</", "<\\/").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function shortened(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 10).join(", ")} and ${names.length - 10} more` : listing(names);
}

const DATES =
  "A date is a Date, a text such as 2024-05-31 or one as the training file wrote it, or days since 1970 in UTC.";

/** What a model tells of its target, and what `predict` gives. */
function answersText(target: TargetPreparation): readonly [says: string, gives: string] {
  if (target.kind === "classes")
    return [
      `It tells ${target.name} apart: ${shortened(target.classes)}.`,
      "{ prediction: class, probabilities: { class: share, … } }",
    ];
  if (target.kind === "number") return [`It predicts ${target.name}, a number.`, "{ prediction: number }"];
  const each = target.targets.map((one) => {
    if (one.kind === "number") return `${one.name}, a number`;
    return one.kind === "classes"
      ? `${one.name}, one of ${shortened(one.classes)}`
      : `${one.name}, any of ${shortened(one.labels)}`;
  });
  return [
    `It predicts ${each.join("; ")}.`,
    "{ prediction: { target: … }, probabilities: { target: { class: share, … } } }",
  ];
}

function headerOf({ target, columns }: Preparation, { name, version }: JsOptions): string {
  const [block] = columns.filter((column) => column.kind === "block");
  const wanted = columns.filter(({ kind }) => kind !== "constant").map((column) => column.name);
  const [says, gives] = answersText(target);
  const takes =
    block === undefined
      ? [
          `A row is an object with the columns ${shortened(wanted)}; null is a missing value.`,
          ...(columns.some(({ kind }) => kind === "date") ? [DATES] : []),
          "A row may also be a list of the values in that order.",
        ]
      : [
          `An example is a list of ${elementsOf(block.shape)} numbers, [${block.shape.join(", ")}] row by row, or lists within lists.`,
        ];
  const lines = [
    `${name}: a neural network, written by nabla ${version} as one file that needs nothing else.`,
    says,
    "",
    `  import { predict } from "./${name}.js";`,
    `  predict(row);      // ${gives}`,
    "  predict([row, …]); // a list of answers",
    "",
    ...takes,
  ];
  return `/**\n${lines.map((line) => ` * ${inComment(line)}`.trimEnd()).join("\n")}\n */`;
}

function factsOf({ columns, target }: Preparation): string {
  const used = columns.filter(({ kind }) => kind !== "constant");
  const answers = targetFacts(target);
  const message =
    "/** How columns become numbers: (value - center) / spread = z, with clip z / sqrt(1 + (z / clip)^2); a category is a one among zeros, the last for unknown. */";
  return `${answers}\n\n${message}\nconst columns = [\n${used.map((column) => `  ${inCode(columnFacts(column))},`).join("\n")}\n];`;
}

/** What the code reads of a column. */
function columnFacts(column: ColumnPreparation): object {
  if (column.kind === "category") return { ...column, known: slotCount(column) };
  const { wide: _, ...facts } = { wide: undefined, ...column };
  return facts;
}

function targetFacts(target: TargetPreparation): string {
  if (target.kind === "number") return numberFacts(target);
  if (target.kind === "classes")
    return `/** The classes, in the order of the network's outputs. */\nconst classes = ${inCode(target.classes)};`;
  const facts = target.targets.map((one) => `  ${inCode(soleFacts(one))},`);
  const message =
    "/** The targets, in the order of the network's outputs: a number is value * deviation + mean, on a log scale the logarithm of 1 + it, and lies within from and to. */";
  return `${message}\nconst targets = [\n${facts.join("\n")}\n];`;
}

/** What the code reads of one of several targets. */
function soleFacts(target: SoleTarget): object {
  const { kind, name } = target;
  if (target.kind === "classes") return { kind, name, names: target.classes };
  if (target.kind === "labels") return { kind, name, names: target.labels };
  const { mean, deviation, scale } = target;
  return compact({ kind, name, mean, deviation, scale, ...targetBounds(target) });
}

function numberFacts(target: NumberTarget): string {
  const { mean, deviation, scale } = target;
  const bounds = targetBounds(target);
  const logged = scale === "log" ? ": the logarithm of 1 + the number" : "";
  const bounded = bounds === undefined ? "" : "; no prediction lies beyond from and to";
  const message = `What the network gives is multiplied by the deviation, and the mean is added${logged}${bounded}`;
  return `/** ${message}. */\nconst target = ${inCode({ mean, deviation, ...bounds })};`;
}

/** What a number of the network is in the target's own unit. */
function numberCode(target: NumberTarget): string {
  const plain = "value * target.deviation + target.mean";
  // no logarithm of 1 + a number within the bounds of a target that was never negative is below 0
  const own = target.scale === "log" ? `Math.expm1(${plain})` : plain;
  return targetBounds(target) === undefined ? own : `Math.min(Math.max(${own}, target.from), target.to)`;
}

function weightsCode(weights: ByPath<NdArray>): string {
  const total = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const numbers = new Float32Array(total);
  let at = 0;
  const places = [...weights].map(([path, { data, shape }]) => {
    numbers.set(data, at);
    const line = `  ${inCode(path)}: numbers.subarray(${at}, ${at + data.length}), // [${shape.join(", ")}]`;
    at += data.length;
    return line;
  });
  const stored = base64Lines(new Uint8Array(numbers.buffer)).join("\n");
  return [
    numbersCode(stored),
    `/** The network's weights by layer. */\nconst weights = {\n${places.join("\n")}\n};`,
  ].join("\n\n");
}
