/** Networks that PyTorch exported to ONNX: read with equal answers, trained on, and written again for ONNX Runtime. */
import { type NdArray, ndarray } from "../../packages/nabla/src/array/ndarray.ts";
import { NablaError } from "../../packages/nabla/src/base/error.ts";
import { readOnnx } from "../../packages/nabla/src/exchange/onnx/read-onnx.ts";
import { writeOnnx } from "../../packages/nabla/src/exchange/onnx/write-onnx.ts";
import { squaredError } from "../../packages/nabla/src/nn/regression-losses.ts";
import { gradientDescent } from "../../packages/nabla/src/optim/gradient-descent.ts";
import { fit as train } from "../../packages/nabla/src/train/fit.ts";
import { predict } from "../../packages/nabla/src/train/trained.ts";
import { furthest, openOnnx } from "../../packages/nabla/test/exchange/runtime.ts";
import type { Outcome } from "./outcome.ts";

interface Packed {
  readonly shape: readonly number[];
  readonly data: string;
}

/** One network as `torch_networks.py` prints it. */
export interface TorchNetwork {
  readonly name: string;
  /** Why PyTorch gives no file, if so. */
  readonly skip?: string;
  readonly model: string;
  readonly input: Packed;
  readonly output: Packed;
}

/** The largest difference from PyTorch, relative to numbers above 1. */
const TOLERANCE = 1e-5;

/** Reads, answers, takes a step of training and writes one network. */
export async function runTorchNetwork(network: TorchNetwork): Promise<Outcome> {
  if (network.skip !== undefined) return { result: "refused", reason: network.skip };
  const bytes = new Uint8Array(Buffer.from(network.model, "base64"));
  const [inputs, output] = [unpacked(network.input), unpacked(network.output)];
  try {
    // the loss of plain numbers leaves answers as the file gives them
    const { trained } = readOnnx(bytes, { loss: squaredError() });
    const { answers } = await predict(trained, inputs);
    const error = furthest(answers, output);
    if (!(error < TOLERANCE)) return { result: "wrong", reason: `read with a difference of ${error}` };
    const examples = { rows: output.shape[0] ?? 0, inputs, targets: output };
    const { train: measures } = await train({
      train: examples,
      model: trained.model,
      loss: trained.loss,
      weights: trained.weights,
      optimizer: gradientDescent({ rate: 1e-3 }),
      epochs: 1,
      seed: 1,
    });
    if (!Number.isFinite(measures.cost))
      return { result: "wrong", reason: `a step of training costs ${measures.cost}` };
    const again = await (await openOnnx(writeOnnx({ trained })))({ inputs });
    const written = furthest(again, answers);
    if (!(written < TOLERANCE)) return { result: "wrong", reason: `written with a difference of ${written}` };
    return { result: "passed" };
  } catch (error) {
    if (!(error instanceof NablaError)) return { result: "wrong", reason: String(error).slice(0, 200) };
    return { result: "refused", reason: `${error.code}: ${error.message}` };
  }
}

function unpacked({ shape, data }: Packed): NdArray {
  return ndarray(new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer), shape);
}
