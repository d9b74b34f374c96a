import { expect, test } from "vitest";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { predict } from "../../src/train/trained.ts";
import { type ForeignCase, foreignCases } from "./fixtures/onnx/foreign.ts";

test.each(foreignCases("operators"))("T1 ONNX Runtime's answers to the operator graph $name", answersAgree);
test.each(foreignCases("torch"))("T1 PyTorch's answers from its own file: $name", answersAgree);
test.each(foreignCases("tensorflow"))("T1 TensorFlow's answers from tf2onnx's file: $name", answersAgree);

async function answersAgree({ bytes, input, output }: ForeignCase): Promise<void> {
  const { answers } = await predict(readOnnx(bytes).trained, input);
  expect(answers.shape).toEqual(output.shape);
  for (const [i, expected] of output.data.entries()) {
    const error = Math.abs((answers.data[i] ?? Number.NaN) - expected) / Math.max(1, Math.abs(expected));
    expect(error, `number ${i}: ${answers.data[i]} for ${expected}`).toBeLessThan(1e-5);
  }
}
