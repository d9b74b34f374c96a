/** What no number can prove, the page of the technique states. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./root.ts";

test.each([
  ["B11 the trade-off is less strict today", "basic-recipe", "double descent, Belkin et al. 2019"],
  [
    "B12 bigger never hurt is a rule of thumb",
    "basic-recipe",
    "on digits with noise a network eight times as wide errs more on dev, and with L2 on both it does not",
  ],
  ["C3 the norm is the trace of the product", "regularization", "the norm is not `W.T * W` but its trace"],
  [
    "C7 L2 is the usual penalty, searched on a logarithmic scale",
    "regularization",
    "L2 is the usual choice and its strength λ is searched on a logarithmic scale",
  ],
  [
    "D3 the comment is reversed: draws below keep are kept",
    "dropout",
    "numbers less than 0.8 are dropped; it is reversed, those are kept",
  ],
  ["D7 what inverted means", "dropout", "inverted means that the division happens in training, not in predicting"],
  ["E6 early stopping serves two tasks", "other-regularization", "one knob then serves two tasks"],
  [
    "K4 the best β is the series' own",
    "understanding-averages",
    "holds for the notes' temperatures and is no rule: each series has its own β",
  ],
  [
    "L7 who RMSprop is from",
    "rmsprop",
    "It is Geoffrey Hinton's, from lecture 6e of his Coursera course (Tieleman and Hinton 2012)",
  ],
  ["L9 what Adam stands for", "adam", "Adam, adaptive *moment* estimation"],
  ["M7 decay has low priority", "learning-rate-decay", "Decay has low priority when tuning"],
  ["R4 the function's name has underscores", "fitting-batch-normalization", "`tf.nn.batch_normalization`"],
  ["U1 where to read on", "tensorflow", "the proceedings of ICLR and NIPS (NeurIPS today)"],
  ["R8 the reason is contested", "why-batch-normalization-works", "That is contested: Santurkar et al. (2018)"],
])("%s", (_, page, message) => {
  const text = readFileSync(join(root, `docs/${page}.md`), "utf8");
  expect(text.replaceAll(/\s+/g, " ")).toContain(message);
});

test("T2 choose by ease, speed and openness: the lines of a program, measured times, and the license", () => {
  const read = (file: string) => readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
  const page = read("docs/exchange.md").replaceAll(/\s+/g, " ");
  const [, program = ""] = /```ts\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
  expect(page).toContain(`diagnoses a network in [${program.trimEnd().split("\n").length} lines](../README.md)`);
  expect(page).toContain("on one thread a step takes between a third and three quarters of PyTorch 1.13's time");
  for (const engine of [/nabla/i, /pytorch/i, /tensorflow\.js|tfjs/i])
    expect(read("benchmarks/README.md")).toMatch(engine);
  expect(page).toMatch(/its licen[cs]e is MIT/);
  for (const name of ["nabla", "workbench"])
    expect(JSON.parse(read(`packages/${name}/package.json`))).toMatchObject({ license: "MIT" });
});

const TESTS = [
  "packages/workbench/test/exchange/foreign.test.ts",
  "packages/workbench/test/exchange/witness/outcome.md",
  "packages/nabla/test/exchange/onnx-foreign.test.ts",
];

test("T1 every framework of the notes has a way in and a way out; what is said to run here has a test or a recorded witness", () => {
  const text = readFileSync(join(root, "docs/exchange.md"), "utf8");
  const [, table = ""] = /## Framework by framework\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const [head, , ...lines] = table.split("\n").map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  expect(head).toEqual(["Framework", "State in 2026", "To nabla", "From nabla", "Run here"]);
  const named = lines
    .map(([name = ""]) => name)
    .join(" ")
    .toLowerCase();
  for (const name of [
    "caffe",
    "caffe2",
    "cntk",
    "dl4j",
    "keras",
    "lasagne",
    "mxnet",
    "paddlepaddle",
    "tensorflow",
    "theano",
    "torch",
    "pytorch",
  ])
    expect(named).toContain(name);
  const proofs = TESTS.map((file) => readFileSync(join(root, file), "utf8").toLowerCase()).join("\n");
  for (const [name = "", state = "", to = "", from = "", here = ""] of lines) {
    expect(
      [name, state, to, from, here].filter((cell) => cell === ""),
      name,
    ).toEqual([]);
    expect(here, name).toMatch(/^(yes|no|NumPy|-)$/);
    const formats = /safetensors|onnx|\.pt\b|\.keras|\.h5|\.np[yz]|model\.json|as keras|by pytorch/i;
    expect(to, name).toMatch(formats);
    expect(from === "the same" ? to : from, name).toMatch(formats);
    if (here === "yes") expect(proofs, name).toContain(name.toLowerCase().split(" ")[0]);
  }
});
