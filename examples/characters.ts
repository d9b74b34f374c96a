/** A network reads the license of this library, 32 characters at a time, learns what comes after each, and goes on from a beginning. */
import { readFileSync } from "node:fs";
import { adam, chain, dense, embedding, ndarray, predict, recurrent, softmaxCrossEntropy, train } from "nabla";

const text = readFileSync("LICENSE", "utf8").replaceAll(/\s+/g, " ");
const characters = [...new Set(text)].sort();
const codes = Array.from(text, (one) => characters.indexOf(one));
const [time, rows] = [32, Math.floor((codes.length - 33) / 4)];
const windows = (shift: number) =>
  Array.from({ length: rows }, (_, i) => codes.slice(4 * i + shift, 4 * i + shift + time)).flat();
const model = chain(
  embedding({ count: characters.length, units: 24 }),
  recurrent(48, { returns: "all" }),
  dense(characters.length),
);
const examples = {
  rows,
  inputs: ndarray(Float32Array.from(windows(0)), [rows, time]),
  targets: ndarray(Int32Array.from(windows(1)), [rows, time]),
};
const learning = { loss: softmaxCrossEntropy(), optimizer: adam({ rate: 0.01 }), epochs: 30 };
const { trained } = await train({ ...learning, model, train: examples }).result();

let written = "Permission is hereby granted, fr";
while (written.length < 80) {
  const last = Array.from(written.slice(-time), (one) => characters.indexOf(one));
  const { answers } = await predict(trained, ndarray(Float32Array.from(last), [1, time]));
  const shares = answers.data.subarray((time - 1) * characters.length);
  written += characters[shares.indexOf(Math.max(...shares))];
}
console.log(written);
