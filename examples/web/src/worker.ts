/** Trains for the page, on a thread of its own: it reads the digits itself. */
import { adam, chain, dense, ndarray, relu, softmaxCrossEntropy, splitRows, takeExamples } from "nabla";
import { serveTrainings } from "nabla/worker";

serveTrainings(async (url: string) => {
  const lines = (await (await fetch(url)).text()).trim().split("\n").slice(1);
  const rows = lines.map((line) => line.split(",").map(Number));
  const pixels = Float32Array.from(rows.flatMap((row) => row.slice(0, 64).map((pixel) => pixel / 16)));
  const digits = Int32Array.from(rows, (row) => row[64] ?? 0);
  const examples = {
    rows: rows.length,
    inputs: ndarray(pixels, [rows.length, 64]),
    targets: ndarray(digits, [rows.length]),
  };
  const parts = splitRows({ rows: rows.length, classes: digits }, { seed: 1 });
  return {
    model: chain(dense(64), relu(), dense(10)),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ rate: 0.003 }),
    train: takeExamples(examples, parts.train),
    dev: takeExamples(examples, parts.dev),
    epochs: 100,
    patience: 20,
  };
});
