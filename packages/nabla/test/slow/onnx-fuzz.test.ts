import { expect, test } from "vitest";
import { NablaError } from "../../src/base/error.ts";
import { seedKey } from "../../src/base/random.ts";
import { readOnnx } from "../../src/exchange/onnx/read-onnx.ts";
import { writeOnnx } from "../../src/exchange/onnx/write-onnx.ts";
import { initModel } from "../../src/nn/model.ts";
import { foreignCases } from "../exchange/fixtures/onnx/foreign.ts";
import { mutated } from "../exchange/fixtures/onnx/mutate.ts";
import { preparedSamples } from "../exchange/fixtures/onnx/prepared.ts";

const FILES = 10_000;

test("T1 of 10,000 damaged ONNX files each is a model or is refused with a sentence; nothing else happens", async () => {
  const foreign = [...foreignCases("operators"), ...foreignCases("torch")].map(({ bytes }) => bytes);
  const own = (await preparedSamples()).map(({ model, options }) => writeOnnx(model, options));
  const files = [...foreign, ...own, ...own];
  const codes = new Map<string, number>();
  for (let number = 0; number < FILES; number++) {
    const outcome = outcomeOf(mutated(files, number), number);
    codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
  }
  const expected =
    "truncated wire text size opset operator input external type shape attribute order dynamic value metadata".split(
      " ",
    );
  for (const code of codes.keys()) expect(["model", ...expected.map((what) => `onnx/${what}`)]).toContain(code);
  // both ends are reached
  expect(codes.get("model")).toBeGreaterThan(FILES / 20);
  expect(codes.size).toBeGreaterThan(8);
}, 60_000);

function outcomeOf(bytes: Uint8Array, number: number): string {
  try {
    const { trained } = readOnnx(bytes);
    const elements = [...trained.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    // what was read takes no more memory than the file, and what a pooling window counts
    expect(elements).toBeLessThan(bytes.length + 2 ** 20);
    if (trained.shape.reduce((all, length) => all * length, 1) < 1e4)
      initModel(trained.model, trained.shape, seedKey(0));
    return "model";
  } catch (error) {
    if (!(error instanceof NablaError)) throw new Error(`file ${number}: ${String(error)}`, { cause: error });
    expect(error.message.length).toBeLessThan(1000);
    return error.code;
  }
}
