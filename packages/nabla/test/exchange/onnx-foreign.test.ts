import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ndarray } from "../../src/array/ndarray.ts";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { predict } from "../../src/train/trained.ts";

interface Packed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Case {
  readonly name: string;
  readonly model: string;
  readonly input: Packed;
  readonly output: Packed;
}

const casesOf = (file: string): readonly Case[] =>
  JSON.parse(
    readFileSync(new URL(`fixtures/onnx/${file}`, import.meta.url), "utf8").replace(/\bNaN\b(?=[,\]])/g, "null"),
  ).cases;

async function check({ model, input, output }: Case): Promise<void> {
  const { trained } = readOnnx(new Uint8Array(Buffer.from(model, "base64")));
  const inputs = ndarray(
    input.data.map((x) => x ?? Number.NaN),
    input.shape,
  );
  const { answers } = await predict(trained, inputs);
  expect(answers.shape).toEqual(output.shape);
  for (const [i, expected] of output.data.entries()) {
    const error = Math.abs((answers.data[i] ?? Number.NaN) - expected) / Math.max(1, Math.abs(expected));
    expect(error, `number ${i}: ${answers.data[i]} for ${expected}`).toBeLessThan(1e-5);
  }
}

test.each(casesOf("operators.json"))(
  "T1 ONNX Runtime's answers to the operator graph $name (fixtures/onnx/make.py)",
  check,
);
test.each(casesOf("torch.json"))("T1 PyTorch's answers from its own file: $name (fixtures/onnx/make.py)", check);
test.each(casesOf("tensorflow.json"))(
  "T1 TensorFlow's answers from tf2onnx's file: $name (fixtures/onnx/make.py)",
  check,
);
