/** Attention as one operator (operator set 23 on), and the turning of positions that goes with it. */
import { NablaError } from "../../base/error.ts";
import { matmul } from "../../graph/contraction.ts";
import { add, and, divide, equal, exp, lessEqual, multiply, select, subtract, tanh } from "../../graph/elementwise.ts";
import { broadcast, concat, pad, slice, stopGradient, sum } from "../../graph/movement.ts";
import { max } from "../../graph/reduce.ts";
import { gather, iota } from "../../graph/selection.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Given, OnnxNode, Operator } from "./node.ts";
import { fromStart, lengthAt } from "./shape-operators.ts";
import { permuted, reshaped } from "./value.ts";

/** [batch, places, heads · size] or [batch, heads, places, size] as the latter. */
function inHeads(x: Tensor, heads: number): Tensor {
  if (x.shape.length === 4) return x;
  const [batch = 1, places = 1, width = 1] = x.shape;
  if (x.shape.length !== 3 || heads < 1 || Number(width) % heads !== 0)
    throw new NablaError("onnx/shape", `${heads} heads do not divide [${x.shape.join(", ")}]`);
  return permuted(reshaped(x, [batch, places, heads, Number(width) / heads]), [0, 2, 1, 3]);
}

/** Heads of keys that several heads of queries share, each repeated in place. */
function repeated(x: Tensor, times: number): Tensor {
  if (times === 1) return x;
  const [batch = 1, heads = 1, places = 1, size = 1] = x.shape;
  const wide = broadcast(reshaped(x, [batch, heads, 1, places, size]), { shape: [batch, heads, times, places, size] });
  return reshaped(wide, [batch, Number(heads) * times, places, size]);
}

/** Which key a query may look at, by their positions; undefined where it may look at all. */
function allowed(node: OnnxNode, queries: number, keys: number, before: number): Tensor | undefined {
  const causal = node.integer("is_causal", 0) === 1;
  const [left, right] = [node.integer("left_window_size", -1), node.integer("right_window_size", -1)];
  const at = add(iota({ shape: [queries, 1], axis: 0 }), before);
  const key = iota({ shape: [1, keys], axis: 1 });
  const bounds = [
    ...(causal ? [lessEqual(key, at)] : []),
    ...(left >= 0 ? [lessEqual(subtract(at, key), Math.min(left, 2 ** 30))] : []),
    ...(right >= 0 ? [lessEqual(subtract(key, at), Math.min(right, 2 ** 30))] : []),
  ];
  return bounds.length === 0 ? undefined : bounds.reduce((all, bound) => and(all, bound));
}

/** Scores under a mask of truths or of numbers to add; keys that it does not reach are not looked at. */
function masked(scores: Tensor, mask: Tensor, keys: number): Tensor {
  const axis = mask.shape.length - 1;
  const length = lengthAt(mask.shape, axis);
  if (mask.dtype === "bool") {
    const whole = length < keys ? pad(mask, { axis, before: 0, after: keys - length, value: 0 }) : mask;
    return select(whole, scores, Number.NEGATIVE_INFINITY);
  }
  const whole = length < keys ? pad(mask, { axis, before: 0, after: keys - length, value: 0 }) : mask;
  const sums = add(scores, whole);
  return length < keys
    ? select(lessEqual(iota({ shape: [1, keys], axis: 1 }), length - 1), sums, Number.NEGATIVE_INFINITY)
    : sums;
}

/** A softmax in which a query that may look at nothing gets zeros. */
function shares(scores: Tensor): Tensor {
  const along = { axes: [scores.shape.length - 1], keep: true };
  const top = stopGradient(max(scores, along));
  const parts = exp(subtract(scores, select(equal(top, Number.NEGATIVE_INFINITY), 0, top)));
  const total = sum(parts, along);
  return divide(parts, select(equal(total, 0), 1, total));
}

function attention(node: OnnxNode): Given {
  const flat = node.shape(0).length === 3;
  const [queryHeads, keyHeads] = [node.integer("q_num_heads", 0), node.integer("kv_num_heads", 0)];
  const query = inHeads(node.tensor(0), queryHeads);
  const past = (i: number, x: Tensor): Tensor => (node.has(i) ? concat([node.tensor(i), x], { axis: 2 }) : x);
  const [key, value] = [past(4, inHeads(node.tensor(1), keyHeads)), past(5, inHeads(node.tensor(2), keyHeads))];
  const times = lengthAt(query.shape, 1) / lengthAt(key.shape, 1);
  const [queries, keys] = [lengthAt(query.shape, 2), lengthAt(key.shape, 2)];
  if (!Number.isInteger(times))
    throw new NablaError("onnx/shape", `${query.shape[1]} heads of queries do not share ${key.shape[1]} of keys`);
  const scale = node.real("scale", 0) || 1 / Math.sqrt(lengthAt(query.shape, 3));
  const products = matmul(query, permuted(repeated(key, times), [0, 1, 3, 2]));
  const softcap = node.real("softcap", 0);
  const plain = multiply(products, scale);
  const capped = softcap > 0 ? multiply(tanh(divide(plain, softcap)), softcap) : plain;
  const mask = node.has(3) ? masked(capped, node.tensor(3), keys) : capped;
  const bound = allowed(node, queries, keys, node.has(4) ? lengthAt(node.shape(4), 2) : 0);
  const scores = bound === undefined ? mask : select(bound, mask, Number.NEGATIVE_INFINITY);
  // which products a fourth output would give, which is not computed
  node.integer("qk_matmul_output_mode", 0);
  const made = matmul(shares(scores), repeated(value, times));
  const [batch = 1, heads = 1, places = 1, size = 1] = made.shape;
  const answer = flat ? reshaped(permuted(made, [0, 2, 1, 3]), [batch, places, Number(heads) * Number(size)]) : made;
  return [{ tensor: answer }, { tensor: key }, { tensor: value }];
}

/** Pairs of numbers turned by an angle of their position (Su et al. 2021). */
function rotated(node: OnnxNode): Given {
  const given = node.tensor(0);
  const x = inHeads(given, node.integer("num_heads", 0));
  const size = lengthAt(x.shape, 3);
  const dim = node.integer("rotary_embedding_dim", 0) || size;
  const interleaved = node.integer("interleaved", 0) === 1;
  const half = dim / 2;
  const table = (i: number): Tensor => {
    const rows = node.tensor(i);
    if (!node.has(3)) return rows;
    return gather(rows, fromStart(node.tensor(3), rows.shape[0] ?? 1)); // [batch, places, half]
  };
  const [cosine, sine] = [1, 2].map((i) => {
    const [batch = 1, places = 1] = table(i).shape;
    return reshaped(table(i), [batch, 1, places, half]);
  }) as [Tensor, Tensor];
  const [turned, rest] = [
    slice(x, { axis: 3, from: 0, to: dim }),
    dim < size ? slice(x, { axis: 3, from: dim, to: size }) : undefined,
  ];
  const [batch = 1, heads = 1, places = 1] = x.shape;
  const pairs = interleaved
    ? permuted(reshaped(turned, [batch, heads, places, half, 2]), [0, 1, 2, 4, 3])
    : reshaped(turned, [batch, heads, places, 2, half]);
  const part = (i: number): Tensor =>
    reshaped(slice(pairs, { axis: 3, from: i, to: i + 1 }), [batch, heads, places, half]);
  const [a, b] = [part(0), part(1)];
  const parts = [subtract(multiply(cosine, a), multiply(sine, b)), add(multiply(sine, a), multiply(cosine, b))];
  const joined = interleaved
    ? reshaped(
        concat(
          parts.map((one) => reshaped(one, [...one.shape, 1])),
          { axis: 4 },
        ),
        [batch, heads, places, dim],
      )
    : concat(parts, { axis: 3 });
  const whole = rest === undefined ? joined : concat([joined, rest], { axis: 3 });
  return { tensor: given.shape.length === 4 ? whole : reshaped(permuted(whole, [0, 2, 1, 3]), given.shape) };
}

/** Attention by name. */
export const attentionOperators: { readonly [opType: string]: Operator } = {
  Attention: attention,
  RotaryEmbedding: rotated,
};
