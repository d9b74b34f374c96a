/** The parts of an exported file around its network, as text. */
import type { ClassThreshold } from "../../data/class-threshold.ts";
import { LIKELY } from "../../data/joint-targets.ts";
import type { TargetPreparation } from "../../data/preparation.ts";

/** What the code of `predict` depends on. */
export interface PredictOptions {
  /** Of what sort the target is. */
  readonly kind: TargetPreparation["kind"];
  readonly outputs: number;
  /** Rows of a table, rather than images. */
  readonly table: boolean;
  /** The code that brings a value of the network to the target's own unit, where it is a number. */
  readonly number: string;
  /** What the logits of classes are divided by; 1 leaves probabilities as they are. */
  readonly temperature: number;
  /** From which probability of the network the positive one of two classes is the answer; the likeliest without it. */
  readonly threshold: ClassThreshold | undefined;
}

/** `predict`, and what one example becomes. */
export function predictCode(options: PredictOptions): string {
  const { kind, outputs, table, number } = options;
  const many = table
    ? 'Array.isArray(rows) && (rows.length === 0 || (rows[0] !== null && typeof rows[0] === "object"))'
    : "Array.isArray(rows) && (rows.length === 0 || flat(rows[0]).length === size)";
  const one = table ? "inputsOf(row)" : "inputsOf(flat(row))";
  return `/** Answers for one ${table ? "row" : "example"}, or for a list of them. */
export function predict(rows) {
  return ${many} ? rows.map(answerFor) : answerFor(rows);
}

function answerFor(row) {
  const x = ${one};
${kind === "several" ? severalLines : kind === "classes" ? classLines(options) : numberLines(outputs, number)}
}${kind === "several" ? `\n\n${severalCode}` : ""}`;
}

const severalLines = `  const all = [...network(x)];
  const prediction = {};
  const probabilities = {};
  let at = 0;
  for (const target of targets) {
    const own = all.slice(at, (at += target.names?.length ?? 1));
    prediction[target.name] = answerTo[target.kind](own, target);
    if (target.names !== undefined)
      probabilities[target.name] = Object.fromEntries(target.names.map((name, i) => [name, own[i]]));
  }
  const [{ name }] = targets;
  if (targets.length === 1) return { prediction: prediction[name], probabilities: probabilities[name] };
  return Object.keys(probabilities).length === 0 ? { prediction } : { prediction, probabilities };`;

const severalCode = `/** The answer to one target, by what sort it is. */
const answerTo = {
  number: ([value], { mean, deviation, scale, from = -Infinity, to = Infinity }) => {
    const found = value * deviation + mean;
    return Math.min(Math.max(scale === "log" ? Math.sign(found) * Math.expm1(Math.abs(found)) : found, from), to);
  },
  classes: (shares, { names }) => names[shares.indexOf(Math.max(...shares))],
  labels: (shares, { names }) => names.filter((_, i) => shares[i] >= ${LIKELY}),
};`;

function classLines({ outputs, temperature, threshold }: PredictOptions): string {
  const decided =
    threshold === undefined
      ? "  const prediction = classes[shares.indexOf(Math.max(...shares))];"
      : `  // from this probability, as the network gives it, the answer is ${threshold.positive === 1 ? "the second" : "the first"} class
  const prediction = classes[raw[${threshold.positive}] >= ${threshold.from} ? ${threshold.positive} : ${1 - threshold.positive}];`;
  const shares =
    outputs === 1
      ? `  const [second] = network(x); // the probability of the second class
  const raw = [1 - second, second];`
      : "  const raw = [...network(x)];";
  const tempered =
    temperature === 1
      ? "  const shares = raw;"
      : `  // as sure as they are right: softmax(logits / ${temperature})
  const powers = raw.map((share) => share ** (1 / ${temperature}));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const shares = powers.map((power) => power / total);`;
  return `${shares}
${tempered}
${decided}
  return { prediction, probabilities: Object.fromEntries(classes.map((name, i) => [name, shares[i]])) };`;
}

function numberLines(outputs: number, number: string): string {
  const restored = `[...network(x)].map((value) => ${number})`;
  return outputs === 1
    ? `  const [prediction] = ${restored};\n  return { prediction };`
    : `  const prediction = ${restored};\n  return { prediction };`;
}

/** What the written file does with a block of numbers. */
export const blockCode: string = `const [{ shape, center, spread, name }] = columns;
const size = shape.reduce((product, length) => product * length, 1);

/** One example as the numbers that the network takes. */
function inputsOf(values) {
  if (values.length !== size)
    throw new TypeError(\`\${name}: an example has \${size} numbers [\${shape.join(", ")}], received \${values.length}\`);
  return Float64Array.from(values, (value) => (Number.isNaN(value) ? 0 : (value - center) / spread));
}

/** Lists within lists as one list. */
function flat(values) {
  return Array.isArray(values) ? values.flat(Infinity) : ArrayBuffer.isView(values) ? values : [];
}`;

/** The numbers of all weights, from base64 lines. */
export function numbersCode(lines: string): string {
  return `/** All weights as float32, one after the other. */
const numbers = new Float32Array(
  Uint8Array.from(atob(stored()), (sign) => sign.charCodeAt(0)).buffer,
);

function stored() {
  return \`
${lines}
\`;
}`;
}
