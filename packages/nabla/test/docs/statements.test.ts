/** What no number can prove, the page of the technique states. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./root.ts";

test.each([
  ["B11 the trade-off is less strict today", "basic-recipe", "double descent, Belkin et al. 2019"],
  [
    "B12 bigger never hurt only with regularization and time",
    "basic-recipe",
    "holds only with regularization and with time to spare",
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
  [
    "T1 which frameworks are retired",
    "exchange",
    "| CNTK | retired in 2019 | ONNX of version 2.7 | ONNX | no | | MXNet | retired in 2023 |",
  ],
  [
    "T2 choose by ease, speed and openness, with numbers",
    "exchange",
    "on one thread a step takes between a third and three quarters of PyTorch 1.13's time",
  ],
])("%s", (_, page, message) => {
  const text = readFileSync(join(root, `docs/${page}.md`), "utf8");
  expect(text.replaceAll(/\s+/g, " ")).toContain(message);
});
