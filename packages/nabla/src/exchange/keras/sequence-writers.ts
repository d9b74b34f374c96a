/** Layers of sequences as those of Keras. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { known } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { gatesInOrder } from "../onnx/recurrent-cells.ts";
import { cannot, type Made, type Writing } from "./node.ts";
import { KERAS_CELLS } from "./recurrent-cells.ts";

type Arrays = NonNullable<Made["arrays"]>;

/** A recurrent layer as `GRU` or `LSTM`, in both directions inside of `Bidirectional`. */
export function kerasRecurrent({ options, kept, dialect }: Writing): Made {
  if (dialect === "tfjs") throw cannot("recurrent layers in TensorFlow.js");
  if (options.mask === true) throw cannot("a recurrent layer that passes over padding");
  const cell = options.cell === "lstm" ? "lstm" : "gru";
  const { className } = KERAS_CELLS[cell];
  const all = options.returns === "all";
  const config = (reverse: boolean): { readonly [name: string]: Json } => ({
    units: Number(options.units),
    activation: "tanh",
    recurrent_activation: "sigmoid",
    use_bias: true,
    return_sequences: all,
    return_state: false,
    go_backwards: reverse,
    stateful: false,
    unroll: false,
    ...(cell === "gru" ? { reset_after: true } : {}),
  });
  if (options.direction === "both") {
    const way = (name: string, reverse: boolean): Json => ({
      module: "keras.layers",
      class_name: className,
      registered_name: null,
      config: { name: `${name}_${className.toLowerCase()}`, ...config(reverse) },
    });
    const arrays = (["forward", "backward"] as const).flatMap((name) =>
      arraysOf(cell, (path) => kept(`${name}.${path}`)).map(
        ([path, array]) => [`${name}_layer/${path}`, array] as const,
      ),
    );
    const inner = { layer: way("forward", false), backward_layer: way("backward", true) };
    return { className: "Bidirectional", config: { merge_mode: "concat", ...inner }, arrays };
  }
  const reverse = options.direction === "backward";
  if (all && reverse) throw cannot("a recurrent layer that gives all states from the last position to the first");
  return { className, config: config(reverse), arrays: arraysOf(cell, kept) };
}

function arraysOf(cell: keyof typeof KERAS_CELLS, kept: Writing["kept"]): Arrays {
  const { order, apart } = KERAS_CELLS[cell];
  const own = (name: string): NdArray => gatesInOrder(known(kept(name), name), order);
  const bias = own("input.bias");
  const width = bias.data.length;
  const state = new Float32Array(apart ? width : 0);
  // two gates of a GRU have one bias here and two there
  if (apart) state.set(Float32Array.from(known(kept("recurrent.bias"), "recurrent.bias").data), (width * 2) / 3);
  return [
    ["cell/kernel", own("input.weights")],
    ["cell/recurrent_kernel", own("recurrent.weights")],
    ["cell/bias", apart ? ndarray(Float32Array.from([...bias.data, ...state]), [2, width]) : bias],
  ];
}

/** Attention as `MultiHeadAttention` of a sequence with itself. */
export function kerasAttention({ options, kept, shape, dialect }: Writing): Made {
  if (dialect === "tfjs") throw cannot("attention in TensorFlow.js");
  if (options.mask === true) throw cannot("attention that passes over padding");
  const [features, heads] = [Number(shape.at(-1)), Number(options.heads)];
  const each = features / heads;
  const [weights, bias] = [known(kept("projection.weights"), "weights"), known(kept("projection.bias"), "bias")];
  const columns = ({ data }: NdArray, part: number): Float32Array =>
    Float32Array.from({ length: data.length / 3 }, (_, at) => {
      const [row, column] = [Math.floor(at / features), at % features];
      return Number(data[(row * 3 + part) * features + column]);
    });
  const projections = ["query", "key", "value"].flatMap((name, part) => [
    [`${name}_dense/kernel`, ndarray(columns(weights, part), [features, heads, each])] as const,
    [`${name}_dense/bias`, ndarray(columns(bias, part), [heads, each])] as const,
  ]);
  const joining = Float32Array.from(known(kept("output.weights"), "output").data);
  return {
    className: "MultiHeadAttention",
    config: { num_heads: heads, key_dim: each, value_dim: each, dropout: 0, use_bias: true },
    arrays: [
      ...projections,
      ["output_dense/kernel", ndarray(joining, [heads, each, features])],
      ["output_dense/bias", known(kept("output.bias"), "output bias")],
    ],
    call: { times: 2, kwargs: options.causal === true ? { use_causal_mask: true } : {} },
  };
}
