import { expect, test } from "vitest";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { predict } from "../../src/train/trained.ts";
import { type ForeignCase, foreignCases } from "./fixtures/onnx/foreign.ts";
import { furthest } from "./runtime.ts";

test.each(foreignCases("operators"))("T1 ONNX Runtime's answers to the operator graph $name", answersAgree);
test.each(foreignCases("torch"))("T1 PyTorch's answers from its own file: $name", answersAgree);
test.each(foreignCases("tensorflow"))("T1 TensorFlow's answers from tf2onnx's file: $name", answersAgree);

async function answersAgree({ bytes, input, output }: ForeignCase): Promise<void> {
  const { answers } = await predict(readOnnx(bytes).trained, input);
  expect(answers.shape).toEqual(output.shape);
  expect(furthest(answers, output)).toBeLessThan(1e-5);
}
