/** Attention of Keras. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { elementsOf } from "../../array/shape.ts";
import { known, NablaError } from "../../base/error.ts";
import { matmul } from "../../graph/contraction.ts";
import { add, multiply } from "../../graph/elementwise.ts";
import { reshape, transpose } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { attention, visible } from "../../nn/attention.ts";
import { softmaxOf } from "../../nn/functions.ts";
import { arraysOf, flag, type LayerReading, type Reader, shaped, unsupported, withRank } from "./reading.ts";
import { size } from "./record.ts";

/** The products of `MultiHeadAttention`, in the order in which its arrays are stored. */
const PRODUCTS = ["query", "key", "value", "output"] as const;

type Products = Readonly<Record<(typeof PRODUCTS)[number], Product>>;

/** A product and its bias, as matrices: heads and what is in one are columns, or of the output rows. */
interface Product {
  readonly weights: NdArray;
  readonly bias: NdArray;
}

/** `MultiHeadAttention` over the positions: the layer of ours where all it takes is one sequence of as many features, else its ops. */
const readAttention: Reader = (layer) => {
  const { config, inputs, called } = layer;
  const [query, value, key = value, ...more] = inputs;
  if (query === undefined || value === undefined || key === undefined || more.length > 0)
    throw new NablaError(
      "keras/graph",
      `it is called on ${inputs.length} tensors, and takes a query, a value and a key`,
    );
  for (const one of [query, value, key]) withRank(one, 3);
  const axes = config.attention_axes ?? [1];
  if (![1, -2].includes(Number([axes].flat()[0])) || [axes].flat().length !== 1)
    throw unsupported(`attention_axes ${JSON.stringify(axes)}, other than the positions`);
  const heads = size(config.num_heads, "num_heads");
  const keySize = size(config.key_dim, "key_dim");
  const valueSize = size(config.value_dim ?? keySize, "value_dim");
  const causal = called.use_causal_mask === true;
  const products = productsOf(layer, { heads, keySize, valueSize, from: { query, key, value } });
  const features = Number(query.shape.at(-1));
  const isOwn = query === key && query === value && heads * keySize === features && valueSize === keySize;
  if (isOwn) return layer.apply(attention({ heads, causal }), query, keptOf(products, features));
  const taken = (name: "query" | "key" | "value", x: Tensor, width: number): Tensor => {
    const [batch = "batch", time = 1] = x.shape;
    const split = reshape(productOf(layer, name, { x, product: products[name] }), {
      shape: [batch, time, heads, width],
    });
    return transpose(split, { order: [0, 2, 1, 3] });
  };
  const [q, k, v] = [taken("query", query, keySize), taken("key", key, keySize), taken("value", value, valueSize)];
  const scores = multiply(matmul(q, transpose(k, { order: [0, 1, 3, 2] })), 1 / Math.sqrt(keySize));
  const mixed = transpose(matmul(softmaxOf(visible(scores, { causal, counts: undefined })), v), {
    order: [0, 2, 1, 3],
  });
  const [batch = "batch", time = 1] = query.shape;
  const joined = reshape(mixed, { shape: [batch, time, heads * valueSize] });
  return productOf(layer, "output", { x: joined, product: products.output });
};

interface Sizes {
  readonly heads: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly from: { readonly query: Tensor; readonly key: Tensor; readonly value: Tensor };
}

function productsOf(layer: LayerReading, { heads, keySize, valueSize, from }: Sizes): Products {
  const bias = flag(layer.config, "use_bias", true);
  const arrays = arraysOf(layer, bias ? 8 : 4);
  const features = Number(from.query.shape.at(-1));
  const shapes: Readonly<Record<keyof Products, readonly [readonly number[], readonly number[]]>> = {
    query: [
      [features, heads, keySize],
      [heads, keySize],
    ],
    key: [
      [Number(from.key.shape.at(-1)), heads, keySize],
      [heads, keySize],
    ],
    value: [
      [Number(from.value.shape.at(-1)), heads, valueSize],
      [heads, valueSize],
    ],
    output: [[heads, valueSize, features], [features]],
  };
  const made = PRODUCTS.map((name, i) => {
    const [kernel, shift] = shapes[name];
    const columns = elementsOf(shift);
    const weights = shaped(arrays[bias ? 2 * i : i], kernel, `${name} kernel`).data;
    const own = bias ? shaped(arrays[2 * i + 1], shift, `${name} bias`).data : new Float32Array(columns);
    const product: Product = {
      weights: ndarray(Float32Array.from(weights), [weights.length / columns, columns]),
      bias: ndarray(Float32Array.from(own), [columns]),
    };
    return [name, product] as const;
  });
  return Object.fromEntries(made) as unknown as Products;
}

/** The arrays of a layer of ours: queries, keys and values of one product, side by side. */
function keptOf({ query, key, value, output }: Products, features: number): Readonly<Record<string, NdArray>> {
  const sides = [query, key, value];
  const weights = new Float32Array(features * 3 * features);
  for (const [i, { weights: own }] of sides.entries())
    for (let row = 0; row < features; row++)
      weights.set(own.data.slice(row * features, (row + 1) * features) as Float32Array, (row * 3 + i) * features);
  return {
    "projection.weights": ndarray(weights, [features, 3 * features]),
    "projection.bias": ndarray(Float32Array.from(sides.flatMap(({ bias }) => [...bias.data])), [3 * features]),
    "output.weights": output.weights,
    "output.bias": output.bias,
  };
}

/** x·W + b at each position, of parameters that training changes. */
function productOf(
  layer: LayerReading,
  name: string,
  { x, product }: { readonly x: Tensor; readonly product: Product },
): Tensor {
  const rows = reshape(x, { shape: [-1, known(x.shape.at(-1), "features")] });
  const weights = layer.parameter(`${name}.weights`, product.weights);
  const output = add(matmul(rows, weights), layer.parameter(`${name}.bias`, product.bias));
  return reshape(output, { shape: x.shape.with(-1, Number(product.bias.shape[0])) });
}

/** Attention by its class. */
export const attentionLayers = { MultiHeadAttention: readAttention } as const;
