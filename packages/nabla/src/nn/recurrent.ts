import { filled, zeros } from "../array/ndarray.ts";
import type { Size } from "../array/shape.ts";
import { wholeNumber, word } from "../base/field.ts";
import { fork, type Key } from "../base/random.ts";
import { matmul } from "../graph/contraction.ts";
import { add, less, multiply, select, sigmoid, subtract, tanh } from "../graph/elementwise.ts";
import { constant } from "../graph/leaf.ts";
import { broadcast, cast, concat, reshape, slice, transpose } from "../graph/movement.ts";
import { scan } from "../graph/scan.ts";
import type { ScanInputs, ScanParts } from "../graph/scan-step.ts";
import type { Tensor } from "../graph/tensor.ts";
import { dense } from "./dense.ts";
import { layer, type Scope, stateless, type Variables } from "./layer.ts";
import { orthogonal } from "./orthogonal.ts";
import { checkSequence, maskField, positionsThatCount } from "./positions.ts";

const CELLS = ["gru", "lstm"] as const;
const RETURNS = ["last", "all"] as const;
const DIRECTIONS = ["forward", "backward", "both"] as const;

/**
 * A recurrent layer: a state of `units` numbers goes through the positions of a sequence, and each changes it. "gru" is the
 * gated recurrent unit of Cho et al. 2014 with the reset gate after the product, as in PyTorch and by default in Keras,
 * "lstm" the long short-term memory of Hochreiter and Schmidhuber 1997 with a forget gate. From [batch, time, features] to the
 * state after the last position, [batch, units], or after each, [batch, time, units]. In both directions the states of a
 * layer each stand side by side: 2·units. With `mask` a position that does not count leaves the state as it is, and where all
 * states are given it gives zeros.
 */
export const recurrent = layer(
  "recurrent",
  {
    units: wholeNumber({ atLeast: 1, help: "the size of the state" }),
    cell: word(CELLS, {
      default: "gru",
      source: "fewer parameters than an LSTM",
      help: "how a position changes the state",
    }),
    returns: word(RETURNS, {
      default: "last",
      source: "Keras",
      help: "the state after the last position, or after each",
    }),
    direction: word(DIRECTIONS, {
      default: "forward",
      source: "PyTorch, Keras",
      help: "from the first position to the last, the other way, or both",
    }),
    mask: maskField,
  },
  ({ units, cell, returns, direction, mask }) => {
    const kind = CELL_KINDS[cell];
    const ways: readonly Way[] =
      direction === "both"
        ? [
            { name: "forward", reverse: false },
            { name: "backward", reverse: true },
          ]
        : [{ reverse: direction === "backward" }];
    return {
      role: { is: "weights", width: "units" },
      shapeOf: (shape) => {
        checkSequence("recurrent", shape);
        const width = units * ways.length;
        return returns === "all" ? [shape[0] ?? 1, width] : [width];
      },
      init: (shape, key) => {
        const all = ways.map(
          ({ name }) => [name, initCell(kind, { shape, units }, name === undefined ? key : fork(key, name))] as const,
        );
        const [only] = all;
        if (only !== undefined && only[0] === undefined) return { parameters: only[1].parameters, buffers: {} };
        return { parameters: Object.fromEntries(all.map(([name, { parameters }]) => [name, parameters])), buffers: {} };
      },
      apply: (x, scope) => {
        const counts = mask ? positionsThatCount(x) : undefined;
        const outputs = ways.map((way) =>
          run(x, way.name === undefined ? scope : scope.within(way.name), {
            kind,
            units,
            returns,
            counts,
            reverse: way.reverse,
          }),
        );
        return stateless(
          outputs.length === 1 && outputs[0] !== undefined
            ? outputs[0]
            : concat(outputs, { axis: returns === "all" ? 2 : 1 }),
        );
      },
    };
  },
  { help: "a gated recurrent layer over the positions of a sequence", args: ["units"] },
);

interface Way {
  readonly name?: string;
  readonly reverse: boolean;
}

/** How a kind of cell changes its state. */
interface CellKind {
  /** Its gates in order, each of so many columns of the products as there are units. */
  readonly gates: number;
  /** How many tensors of so many columns as there are units its state is. */
  readonly states: number;
  /** Whether the last gate has a bias of its own beside the product with the state. */
  readonly ownBias: boolean;
  readonly step: (cell: CellInputs) => ScanParts;
}

interface CellInputs {
  /** The parts of the state. */
  readonly states: readonly Tensor[];
  /** The product with what is given and its bias, by gates. */
  readonly inputs: readonly Tensor[];
  /** The product with the first part of the state, by gates. */
  readonly products: readonly Tensor[];
  readonly bias: Tensor | undefined;
  /** Whether intermediate results are kept for the gradient. */
  readonly saves: boolean;
  /** The new value where the position counts, else the old one. */
  readonly kept: (next: Tensor, old: Tensor) => Tensor;
}

const at = <T>(all: readonly T[], i: number): T => all[i] as T;

const gru: CellKind = {
  gates: 3,
  states: 1,
  ownBias: true,
  step: ({ states, inputs, products, bias, saves, kept }) => {
    const state = at(states, 0);
    const reset = sigmoid(add(at(inputs, 0), at(products, 0)));
    const update = sigmoid(add(at(inputs, 1), at(products, 1)));
    const product = at(products, 2);
    const recalled = bias === undefined ? product : add(product, broadcast(bias, { shape: state.shape }));
    const candidate = tanh(add(at(inputs, 2), multiply(reset, recalled)));
    const next = add(candidate, multiply(update, subtract(state, candidate)));
    return { next: [kept(next, state)], saved: saves ? [reset, update, candidate, recalled] : [] };
  },
};

const lstm: CellKind = {
  gates: 4,
  states: 2,
  ownBias: false,
  step: ({ states, inputs, products, saves, kept }) => {
    const [state, memory] = [at(states, 0), at(states, 1)];
    const sums = inputs.map((given, gate) => add(given, at(products, gate)));
    const [input, forget, output] = [sigmoid(at(sums, 0)), sigmoid(at(sums, 1)), sigmoid(at(sums, 3))];
    const candidate = tanh(at(sums, 2));
    const changed = add(multiply(forget, memory), multiply(input, candidate));
    const squashed = tanh(changed);
    return {
      next: [kept(multiply(output, squashed), state), kept(changed, memory)],
      saved: saves ? [input, forget, candidate, output, squashed] : [],
    };
  },
};

const CELL_KINDS = { gru, lstm } as const;

interface Sizes {
  readonly shape: Size;
  readonly units: number;
}

/** Weights of what is given as of a dense layer, those of the state orthogonal gate by gate (Saxe et al. 2014), as in Keras. */
function initCell({ gates, ownBias }: CellKind, { shape, units }: Sizes, key: Key): Variables {
  const input = dense(gates * units).init(shape, fork(key, "input"), {});
  const blocks = Array.from({ length: gates }, (_, gate) =>
    orthogonal().fill([units, units], { in: units, out: units }, fork(fork(key, "recurrent"), `${gate}`)),
  );
  const weights = zeros([units, gates * units]);
  for (const [gate, { data }] of blocks.entries())
    for (let row = 0; row < units; row++)
      weights.data.set(data.slice(row * units, (row + 1) * units) as Float32Array, row * gates * units + gate * units);
  const recurrent = ownBias ? { weights, bias: zeros([units]) } : { weights };
  return { parameters: { input: input.parameters, recurrent }, buffers: {} };
}

interface Running {
  readonly kind: CellKind;
  readonly units: number;
  readonly returns: "last" | "all";
  readonly counts: Tensor | undefined;
  readonly reverse: boolean;
}

/** One way through a sequence [batch, time, features]. */
function run(x: Tensor, scope: Scope, { kind, units, returns, counts, reverse }: Running): Tensor {
  const [batch = 1, time = 1, features = 1] = x.shape;
  const early = transpose(x, { order: [1, 0, 2] }); // [time, batch, features]
  const [outer, inner] = [scope.within("input"), scope.within("recurrent")];
  const product = matmul(reshape(early, { shape: [-1, features] }), outer.parameter("weights"));
  const given = reshape(product, { shape: [time, batch, kind.gates * units] });
  const gate = (all: Tensor, i: number): Tensor => slice(all, { axis: 1, from: i * units, to: (i + 1) * units });
  const gates = Array.from({ length: kind.gates }, (_, i) => i);
  const bias = kind.ownBias ? [inner.parameter("bias")] : [];
  const masks =
    counts === undefined ? [] : [cast(reshape(transpose(counts), { shape: [time, batch, 1] }), { dtype: x.dtype })];
  // one product for all gates, and the bias added where they are computed: no pass over memory of its own
  const step = ({ state, given: [inputs, ...mask], fixed: [weights, shift, own] }: ScanInputs): ScanParts => {
    const states = Array.from({ length: kind.states }, (_, i) => gate(state, i));
    const product = matmul(at(states, 0), weights as Tensor);
    const shifts = broadcast(shift as Tensor, { shape: product.shape });
    return kind.step({
      states,
      inputs: gates.map((i) => add(gate(inputs as Tensor, i), gate(shifts, i))),
      products: gates.map((i) => gate(product, i)),
      bias: own,
      saves: scope.mode === "train",
      kept: (next, old) => (mask[0] === undefined ? next : select(less(0, mask[0]), next, old)),
    });
  };
  const shape = [batch, kind.states * units];
  const states = scan(step, {
    initial: broadcast(constant(filled([], 0, x.dtype)), { shape }),
    given: [given, ...masks],
    fixed: [inner.parameter("weights"), outer.parameter("bias"), ...bias],
    reverse,
  });
  const own = slice(states, { axis: 2, from: 0, to: units });
  const from = (first: number, count: number): Tensor => slice(own, { axis: 0, from: first, to: first + count });
  const steps = Number(time);
  if (returns === "last") return reshape(from(reverse ? 0 : steps, 1), { shape: [batch, units] });
  const all = transpose(from(reverse ? 0 : 1, steps), { order: [1, 0, 2] });
  return counts === undefined ? all : select(reshape(counts, { shape: [batch, time, 1] }), all, 0);
}
