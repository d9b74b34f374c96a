/** How ops on whole arrays are called in an exported file. */
import { elementsOf, type Size, sizeOf, stridesOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { paddedOf } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { windowOf } from "../../graph/window.ts";
import { numeral } from "./expression.ts";

/** Writes a list of all numbers of a node, in order. */
type List = (node: Tensor) => string;

type Print = (node: Tensor, list: List) => string;

/** The code of each op: the graph's own and the fused ones that a network graph is simplified to. */
export const opCode: Readonly<Record<string, Print>> = {
  dense: (node, list) => `dense(${factors(node, list)})`,
  convolve: (node, list) => `convolve(${factors(node, list)}, ${windowCode(node)})`,
  patches: (node, list) => `joined([...windows(${list(operand(node))}, ${windowCode(node)})])`,
  softmax: (node, list) => `softmax(${list(operand(node))}, ${node.shape.at(-1)})`,
  matmul: (node, list) => {
    const [rows, inner] = operand(node).shape.slice(-2);
    return `products(${node.inputs.map(list).join(", ")}, [${rows}, ${inner}, ${node.shape.at(-1)}])`;
  },
  sum: reduction("sum"),
  mean: reduction("mean"),
  max: reduction("largest"),
  argmax: (node, list) => {
    const size = sizeOf(operand(node).shape);
    const axis = Number(node.attributes.axis);
    return `argmax(${list(operand(node))}, ${size[axis]}, ${stridesOf(size)[axis]})`;
  },
  gather: (node, list) => {
    const width = elementsOf(sizeOf(operand(node).shape).slice(1));
    return `gather(${node.inputs.map(list).join(", ")}, ${width})`;
  },
  pad: (node, list) => {
    const { axis, before, after, value = 0 } = paddedOf(node);
    const [length = 1, ...inner] = sizeOf(operand(node).shape).slice(axis);
    const sizes = [length, before, after].map((count) => count * elementsOf(inner)).join(", ");
    return `pad(${list(operand(node))}, ${sizes}${value === 0 ? "" : `, ${numeral(value).text}`})`;
  },
  concatPair: ({ inputs, attributes: { axis } }, list) => {
    const blocks = inputs.map((one) => `${list(one)}, ${elementsOf(sizeOf(one.shape).slice(Number(axis)))}`);
    return `concat(${blocks.join(", ")})`;
  },
};

/** Whether a node is what windows over a sequence or an image show. */
export function isWindows(node: Tensor): boolean {
  return node.op.opName === "patches" && windowOf(node).size.length <= 2;
}

/** What goes into a product: rows or an image, weights, what is added, and how many numbers come out for each. */
function factors({ inputs, shape }: Tensor, list: List): string {
  const [x, weights, bias = "undefined"] = inputs.map(list);
  return [x, weights, bias, shape.at(-1)].join(", ");
}

/** A call for each run of neighboring axes that go, the last first. */
function reduction(name: string): Print {
  return (node, list) => {
    const axes = node.attributes.axes as readonly number[];
    let code = list(operand(node));
    let [count, step] = [1, 1];
    for (const [axis, length] of [[-1, 1] as const, ...sizeOf(operand(node).shape).entries()].toReversed()) {
      if (axes.includes(axis)) count *= length;
      else {
        if (count > 1) code = `${name}(${code}, ${count}, ${step})`;
        step *= length;
        count = 1;
      }
    }
    return code;
  };
}

/** A window; a sequence is an image of height 1. */
function windowCode(node: Tensor): string {
  const { size, stride, dilation } = windowOf(node);
  const shape = sizeOf(operand(node).shape).slice(1);
  const parts = Object.entries({ shape, size, stride, dilation }).flatMap(([name, lengths]: [string, Size]) => {
    const usual = (name === "stride" || name === "dilation") && lengths.every((length) => length === 1);
    return usual ? [] : [`${name}: [${(size.length === 1 ? [1, ...lengths] : lengths).join(", ")}]`];
  });
  return `{ ${parts.join(", ")} }`;
}

function operand(node: Tensor): Tensor {
  return known(node.inputs[0], "operand");
}
