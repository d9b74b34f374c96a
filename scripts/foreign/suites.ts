/** The tests of other projects that are run on nabla: a script of theirs that prints cases, and what runs one here. */
import { type KerasLayer, runKerasLayer } from "./keras-layers.ts";
import { isClaimed, type NodeTest, runNodeTest } from "./onnx-nodes.ts";
import { type OpSample, runOpSample } from "./opinfo.ts";
import { type OptaxCase, runOptaxCase } from "./optax-walks.ts";
import type { Outcome } from "./outcome.ts";
import { runTensorflowCall, type TensorflowCall } from "./tensorflow-ops.ts";
import { runTorchNetwork, type TorchNetwork } from "./torch-networks.ts";

/** A suite: one row here, one Python script beside it, and one file that runs a case. */
export interface Suite {
  readonly title: string;
  /** What the script is, in this folder; it prints versions, then one case a line. */
  readonly script: string;
  /** The packages that it needs. */
  readonly needs: readonly string[];
  /** What a case is and what counts as passed. */
  readonly about: string;
  /** Undefined for a case about something that nabla does not claim to have. */
  readonly run: (test: unknown) => Promise<Outcome | undefined>;
}

/** Every suite, in the order of the page. */
export const suites: readonly Suite[] = [
  {
    title: "ONNX node tests",
    script: "onnx_nodes.py",
    needs: ["onnx"],
    about:
      "Every node test of the package `onnx` whose operators are all in the table of docs/onnx.md. A test is one operator with inputs and outputs; inputs that an operator must know while reading (shapes, axes) are constants. Passed: the reference and the WebAssembly engine agree with the test within its own tolerance.",
    run: async (test) => (isClaimed(test as NodeTest) ? await runNodeTest(test as NodeTest) : undefined),
  },
  {
    title: "PyTorch networks through ONNX",
    script: "torch_networks.py",
    needs: ["torch", "onnx", "onnxscript"],
    about:
      "Typical networks exported by both exporters of PyTorch. Passed: read with PyTorch's answers to 1e-5, trained a step, written again, and ONNX Runtime answers the written file alike to 1e-5.",
    run: async (test) => await runTorchNetwork(test as TorchNetwork),
  },
  {
    title: "PyTorch's OpInfo",
    script: "opinfo.py",
    needs: ["torch", "expecttest", "hypothesis", "pytest"],
    about:
      "The float32 samples of PyTorch's own op database for the ops that nabla has. Passed: value and first gradient agree on both engines within PyTorch's tolerance for float32.",
    run: async (test) => await runOpSample(test as OpSample),
  },
  {
    title: "optax",
    script: "optax_walks.py",
    needs: ["optax"],
    about:
      "Optimizers of optax with options drawn at random, 25 steps in float64, and its schedules over 40 steps. Passed: every parameter after every step, and every rate, to 1e-8. Not claimed: optimizers that nabla does not have, and two that follow another variant of their paper (amsgrad, nadam).",
    run: async (test) => await runOptaxCase(test as OptaxCase),
  },
  {
    title: "Keras layers",
    script: "keras_layers.py",
    needs: ["keras", "jax", "h5py"],
    about:
      "Layers of Keras 3 with options drawn at random, each saved as a model of its own. Passed: imported with Keras's answers to 1e-5, or to four times what a last bit of the inputs changes. Whole networks that Keras saved are part of `npm test`.",
    run: async (test) => await runKerasLayer(test as KerasLayer),
  },
  {
    title: "TensorFlow 1",
    script: "tensorflow_ops.py",
    needs: ["tensorflow-cpu"],
    about:
      "The functions that `nabla/tf1` shares with TensorFlow 1, on tensors drawn at random in a session of `tensorflow.compat.v1`. Passed: values and gradients agree to 1e-5 of the largest in float32 and 1e-12 in float64; whole numbers and truths exactly.",
    run: async (test) => await runTensorflowCall(test as TensorflowCall),
  },
];
