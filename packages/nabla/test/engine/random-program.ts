import fc from "fast-check";
import { type NdArray, ndarray } from "../../src/array/ndarray.ts";
import { elementsOf, type Size, sameShape, sizeOf } from "../../src/array/shape.ts";
import { fork, normal, seedKey } from "../../src/base/random.ts";
import { input, state } from "../../src/graph/leaf.ts";
import * as ops from "../../src/graph/ops.ts";
import type { Tensor } from "../../src/graph/tensor.ts";

/** A graph with the values to feed it. All numbers in it stay within a few units, so float32 can follow float64. */
export interface RandomProgram {
  readonly inputs: readonly Tensor[];
  readonly states: readonly Tensor[];
  readonly nodes: readonly Tensor[];
  readonly feeds: Readonly<Record<string, NdArray>>;
}

const SIZES: readonly Size[] = [
  [],
  [1],
  [3],
  [5],
  [17],
  [1, 5],
  [3, 1],
  [3, 5],
  [5, 3],
  [5, 17],
  [17, 3],
  [2, 3, 5],
  [64, 17],
];

type Pick = (count: number) => number;
type Maker = (x: Tensor, others: readonly Tensor[], pick: Pick, leaves: readonly Tensor[]) => Tensor | undefined;

const same = (x: Tensor, others: readonly Tensor[], pick: Pick): Tensor => {
  const like = others.filter((other) => sameShape(other.shape, x.shape));
  return like[pick(like.length)] ?? x;
};

const half = (x: Tensor): Tensor => ops.multiply(x, 0.5);

const MAKERS: readonly Maker[] = [
  (x) => ops.negate(x),
  (x) => ops.tanh(x),
  (x) => ops.sigmoid(x),
  (x) => half(ops.softplus(x)),
  (x) => ops.erf(x),
  (x) => ops.exp(ops.negate(ops.abs(x))),
  (x) => ops.log(ops.add(ops.multiply(x, x), 1)),
  (x) => ops.sqrt(ops.add(ops.multiply(x, x), 0.5)),
  (x) => ops.sin(x),
  (x) => ops.expm1(ops.negate(ops.abs(x))),
  (x) => ops.maximum(x, 0),
  (x, others, pick) => half(ops.add(x, same(x, others, pick))),
  (x, others, pick) => half(ops.subtract(x, same(x, others, pick))),
  (x, others, pick) => ops.multiply(ops.tanh(x), same(x, others, pick)),
  (x, others, pick) => ops.divide(x, ops.add(ops.abs(same(x, others, pick)), 1)),
  (x, others, pick) => ops.minimum(x, same(x, others, pick)),
  (x, others, pick) => half(ops.add(x, others.filter((other) => other.shape.length === 0)[pick(3)] ?? 0.25)),
  (x, _, pick) => (x.shape.length === 0 ? undefined : ops.mean(x, { axes: pick(x.shape.length), keep: pick(2) === 0 })),
  (x) => ops.mean(x),
  (x, _, pick) => (x.shape.length === 0 ? undefined : ops.max(x, { axes: pick(x.shape.length) })),
  (x) => (x.shape.length === 2 ? ops.transpose(x) : undefined),
  (x) => (x.shape.length === 3 ? ops.transpose(x, { order: [2, 0, 1] }) : undefined),
  (x) => (x.shape.length > 1 ? ops.reshape(x, { shape: [-1] }) : undefined),
  (x) => (x.shape.length === 1 ? ops.broadcast(x, { shape: [3, ...x.shape] }) : undefined),
  (x) => (Number(x.shape[0] ?? 0) > 2 ? ops.slice(x, { axis: 0, from: 1, to: Number(x.shape[0]) }) : undefined),
  (x) => (x.shape.length > 0 ? ops.pad(x, { axis: -1, before: 1, after: 2 }) : undefined),
  (x, others, pick) => (x.shape.length > 0 ? ops.concat([x, same(x, others, pick)], { axis: 0 }) : undefined),
  (x) => (x.shape.length === 2 ? ops.divide(ops.matmul(x, ops.transpose(x)), Number(x.shape[1]) * 2) : undefined),
  (x) => (x.shape.length === 2 ? ops.divide(ops.matmul(ops.transpose(x), x), Number(x.shape[0]) * 2) : undefined),
  (x, others) => {
    const right = others.find(
      (other) => x.shape.length === 2 && other.shape.length === 2 && other.shape[0] === x.shape[1],
    );
    return right && ops.divide(ops.matmul(x, right), Number(right.shape[0]));
  },
  (x) => {
    if (x.shape.length !== 3) return undefined;
    const [first = 0, middle = 0] = x.shape.map(Number);
    return middle < 3 || first < 1 ? undefined : half(ops.patches(x, { size: [2], stride: [1], dilation: [2] }));
  },
  (x, _, pick, leaves) => {
    const like = leaves.filter((leaf) => sameShape(leaf.shape, x.shape));
    const [left, right] = [like[pick(like.length)], like[pick(like.length)]];
    return left && right && ops.select(ops.less(left, right), x, half(x));
  },
  (x) =>
    x.shape.length === 2
      ? ops.gather(x, ops.argmax(ops.iota({ shape: [4, Number(x.shape[0])], axis: 0 }), { axis: 1 }))
      : undefined,
];

type Updates = readonly (readonly [state: Tensor, next: Tensor])[];

/** Says which updates count in a run: those of the first states always, others where 1 is fed, the last where 0 is. */
export const open: Tensor = input("open", []);

/** The same updates, of which two in three keep their state where what is fed as `open` says so. */
export function predicated(updates: Updates): Updates {
  const conditions = [ops.less(0.5, open), ops.less(open, 0.5)];
  return updates.map(([own, next], i) => {
    const condition = conditions[(i % 3) - 1];
    return [own, condition === undefined ? next : ops.select(condition, next, own)];
  });
}

/** Random programs of at most `most` ops over leaves of odd sizes. */
export function randomPlan(most: number): fc.Arbitrary<RandomPlan> {
  const step = fc.record({ maker: fc.nat(), operand: fc.nat(), choice: fc.nat() });
  return fc.record({
    seed: fc.nat(1e6),
    sizes: fc.shuffledSubarray([...SIZES], { minLength: 2, maxLength: 5 }),
    steps: fc.array(step, { minLength: Math.floor(most / 2), maxLength: most, size: "max" }),
  });
}

/** What a random program is made from: small enough to print when a test fails. */
export interface RandomPlan {
  readonly seed: number;
  readonly sizes: readonly Size[];
  readonly steps: readonly { readonly maker: number; readonly operand: number; readonly choice: number }[];
}

/** The program of a plan. */
export function build(plan: RandomPlan): RandomProgram {
  const key = seedKey(plan.seed);
  const draw = (name: string, size: Size): NdArray =>
    ndarray(Float32Array.from(normal(fork(key, name), elementsOf(size))), size);
  const inputs = plan.sizes.map((size, i) => input(`x${i}`, size));
  const states = plan.sizes.map((size, i) => state(`s${i}`, draw(`s${i}`, size)));
  const leaves = [...inputs, ...states];
  const nodes = [...leaves];
  for (const { maker, operand, choice } of plan.steps) {
    // Mostly recent nodes, so that chains grow long; now and then an old one, so that values are shared.
    const recent = nodes[Math.max(0, nodes.length - 1 - (operand % 4 === 0 ? operand % nodes.length : operand % 3))];
    if (recent === undefined) continue;
    let rest = choice;
    const pick: Pick = (count) => {
      const chosen = count === 0 ? 0 : rest % count;
      rest = Math.floor(rest / Math.max(count, 1));
      return chosen;
    };
    const made = MAKERS[maker % MAKERS.length]?.(recent, nodes, pick, leaves);
    if (made !== undefined && elementsOf(sizeOf(made.shape)) < 5000) nodes.push(made);
  }
  const feeds = Object.fromEntries(plan.sizes.map((size, i) => [`x${i}`, draw(`x${i}`, size)]));
  return { inputs, states, nodes: nodes.slice(leaves.length), feeds };
}
