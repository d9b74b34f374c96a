/**
 * One new thing of each sort, as somebody would add it: which files it touches and what is written there. The test beside
 * this folder adds them all to a scratch copy, counts the files and uses what came of it.
 */

/** A change of one file: text behind the first place that `after` finds, or at the end; a new file where there is none. */
interface Edit {
  readonly file: string;
  readonly after?: RegExp;
  readonly text: string;
}

export interface Addition {
  readonly what: string;
  /** How many files it may touch, documentation and tests aside. */
  readonly atMost: number;
  readonly edits: readonly Edit[];
}

const nabla = "packages/nabla/src";

/** A row in the table of a family, which also exports it. */
function row(file: string, name: string, from: string, table: RegExp): Edit[] {
  return [
    { file, text: `import { ${name} } from "${from}";\nexport { ${name} };\n` },
    { file, after: table, text: ` ${name},` },
  ];
}

export const additions: readonly Addition[] = [
  {
    what: "an activation",
    atMost: 4,
    edits: [
      {
        file: `${nabla}/nn/activations.ts`,
        text: `
import { abs, add, divide } from "../graph/elementwise.ts";

/** x / (1 + |x|) (Turian et al. 2009) */
export const softsign = activation(
  "softsign",
  {},
  { initializer: xavier(), of: (x) => divide(x, add(abs(x), 1)) },
  { help: "x / (1 + |x|)" },
);
`,
      },
      ...row(`${nabla}/nn/layers.ts`, "softsign", "./activations.ts", /activations: Kinds<Layer> = \{/),
      {
        file: `${nabla}/exchange/keras/writers.ts`,
        after: /\n {2}tanh: activation\("tanh"\),/,
        text: '\n  softsign: activation("softsign"),',
      },
      {
        file: `${nabla}/exchange/onnx/write-layers.ts`,
        after: /\n {2}tanh: \w+\("Tanh"\),/,
        text: '\n  softsign: activation("Softsign"),',
      },
    ],
  },
  {
    what: "a layer",
    atMost: 4,
    edits: [
      {
        file: `${nabla}/nn/scale-by.ts`,
        text: `import { ndarray } from "../array/ndarray.ts";
import { number } from "../base/field.ts";
import { multiply } from "../graph/elementwise.ts";
import { layer, stateless } from "./layer.ts";

/** Each feature times a learned factor. */
export const scaleBy = layer(
  "scaleBy",
  { start: number({ default: 1, source: "nothing changes at first", help: "what factors start as" }) },
  ({ start }) => ({
    perUnit: true,
    init: (shape) => {
      const features = shape.at(-1) ?? 1;
      return { parameters: { scale: ndarray(new Float32Array(features).fill(start), [features]) }, buffers: {} };
    },
    apply: (x, scope) => stateless(multiply(x, scope.parameter("scale"))),
  }),
  { help: "each feature times a learned factor" },
);
`,
      },
      ...row(`${nabla}/nn/layers.ts`, "scaleBy", "./scale-by.ts", /otherLayers: Kinds<Layer> = \{/),
    ],
  },
  {
    what: "an optimizer",
    atMost: 2,
    edits: [
      {
        file: `${nabla}/optim/sign-descent.ts`,
        text: `import { sign } from "../graph/elementwise.ts";
import { optimizer, rate } from "./optimizer.ts";
import { eachParameter, transform } from "./transform.ts";

/** The sign of each number of a direction. */
export const scaleBySign = transform(
  "sign",
  {},
  () => eachParameter({ update: (direction) => ({ direction: sign(direction) }) }),
  { help: "the sign of each number" },
);

/** Steps of one size (Bernstein et al. 2018). */
export const signDescent = optimizer("signDescent", { rate: rate(1e-3, "Bernstein et al. 2018") }, () => [scaleBySign()], {
  help: "steps of one size",
});
`,
      },
      ...row(`${nabla}/optim/optimizers.ts`, "signDescent", "./sign-descent.ts", /optimizers: Kinds<Optimizer> = \{/),
    ],
  },
  {
    what: "a schedule",
    atMost: 2,
    edits: [
      {
        file: `${nabla}/optim/halving.ts`,
        text: `import { number } from "../base/field.ts";
import { schedule } from "./schedule.ts";

/** rate / 2^(epoch / every), a little at every epoch. */
export const halving = schedule(
  "halving",
  { every: number({ above: 0, default: 10, source: "a usual choice", unit: "epochs", help: "epochs that halve the rate" }) },
  ({ every }) =>
    (epoch) =>
      0.5 ** (epoch / every),
  { help: "halves the rate every so many epochs" },
);
`,
      },
      ...row(`${nabla}/optim/schedules.ts`, "halving", "./halving.ts", /schedules: Kinds<Schedule> = \{/),
    ],
  },
  {
    what: "a sampler",
    atMost: 2,
    edits: [
      {
        file: `${nabla}/tune/samplers/middle.ts`,
        text: `import { sampler } from "../sampler.ts";
import { pointOf } from "../space-values.ts";

/** The middle of every axis. */
export const middle = sampler("middle", {}, () => ({ ask: ({ axes }) => pointOf(axes, () => 0.5) }), {
  help: "the middle of every axis",
});
`,
      },
      ...row(`${nabla}/tune/samplers.ts`, "middle", "./samplers/middle.ts", /samplers: Kinds<Sampler> = \{/),
    ],
  },
  {
    what: "an op",
    atMost: 4,
    edits: [
      {
        file: `${nabla}/graph/elementwise.ts`,
        text: `
/** x without its fraction */
export const truncate: Op<1> = unary("truncate", floating, NONE, []);
`,
      },
      {
        file: `${nabla}/engine/reference/kernels.ts`,
        after: /\n {2}floor: [^\n]+/,
        text: "\n  truncate: map1(Math.trunc),",
      },
      {
        file: `${nabla}/engine/loop.ts`,
        after: /SCALARS = \{/,
        text: "\n  truncate: { cheap: true },",
      },
      {
        file: `${nabla}/engine/wasm/scalar-operations.ts`,
        after: /\n {2}floor: [^\n]+/,
        text: '\n  truncate: { float: "f32x4.trunc" },',
      },
    ],
  },
];
