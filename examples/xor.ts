/**
 * Below the layers: tensors, gradients and a compiled program. A network of two hidden units learns exclusive or.
 * Run it from a clone: node --conditions=nabla-source examples/xor.ts
 */
import { compile, fork, grad, input, mean, ndarray, normal, ops, seedKey, state, zeros } from "nabla";

const { add, matmul, multiply, sigmoid, subtract, tanh } = ops;
const key = seedKey(1);

// Parameters are states: they live in the engine's memory and are updated in place.
const w1 = state("w1", ndarray(Float32Array.from(normal(fork(key, "w1"), 8)), [2, 4]));
const b1 = state("b1", zeros([4]));
const w2 = state("w2", ndarray(Float32Array.from(normal(fork(key, "w2"), 4)), [4, 1]));
const b2 = state("b2", zeros([1]));
const parameters = [w1, b1, w2, b2];

const x = input("x", ["batch", 2]);
const y = input("y", ["batch", 1]);
const rate = input("rate", []);
const answer = sigmoid(add(matmul(tanh(add(matmul(x, w1), b1)), w2), b2)); // [batch, 1]
const difference = subtract(answer, y);
const cost = mean(multiply(difference, difference));

// Gradients are tensors like any other; a step is a program that computes and updates at once.
const gradients = grad(cost, parameters);
const updates = parameters.map((w, i) => [w, subtract(w, multiply(gradients[i] ?? 0, rate))] as const);
const step = await compile({ inputs: [x, y, rate], outputs: { cost, answer }, updates });

const feeds = {
  x: ndarray(Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), [4, 2]),
  y: ndarray(Float32Array.of(0, 1, 1, 0), [4, 1]),
  rate: 2,
};
for (let i = 1; i <= 2000; i++) {
  const { cost: now, answer: given } = await step.run(feeds);
  if (i % 500 === 0) {
    const answers = Array.from(given?.data ?? [], (value) => value.toFixed(2)).join(" ");
    console.log(`step ${i}: cost ${now?.data[0]?.toFixed(5)}, answers ${answers}`);
  }
}
