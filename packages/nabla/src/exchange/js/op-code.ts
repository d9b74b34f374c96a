/** How ops on whole arrays are called in an exported file. */
import { elementsOf, type Size, sizeOf, stridesOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import type { Padded } from "../../graph/movement.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { windowOf } from "../../graph/window.ts";
import { numeral } from "./expression.ts";

/** What writes code. */
export interface Code {
  /** A call of a snippet. */
  call(snippet: string, ...given: readonly (string | number | undefined)[]): string;
  /** A list of all numbers of a node, in order. */
  list(node: Tensor): string;
}

type Print = (node: Tensor, code: Code) => string;

/** The code of each op; beside the graph's own there are those that a network graph is shortened to. */
export const opCode: Readonly<Record<string, Print>> = {
  dense: (node, code) => code.call("dense", ...factors(node, code)),
  convolve: (node, code) => code.call("convolve", ...factors(node, code), windowCode(node)),
  patches: (node, code) =>
    code.call("joined", `[...${code.call("windows", code.list(operand(node)), windowCode(node))}]`),
  softmax: (node, code) => code.call("softmax", code.list(operand(node)), sizeOf(node.shape).at(-1)),
  matmul: ({ inputs: [x, y], shape }, code) => {
    const [rows, inner] = sizeOf(x?.shape ?? []).slice(-2);
    const given = [x, y].map((one) => code.list(known(one, "operand")));
    return code.call("products", ...given, `[${[rows, inner, shape.at(-1)].join(", ")}]`);
  },
  sum: reduction("sum"),
  mean: reduction("mean"),
  max: reduction("largest"),
  argmax: (node, code) => {
    const size = sizeOf(operand(node).shape);
    const axis = Number(node.attributes.axis);
    return code.call("argmax", code.list(operand(node)), size[axis], stridesOf(size)[axis]);
  },
  gather: ({ inputs: [table, codes] }, code) => {
    const given = [table, codes].map((one) => code.list(known(one, "operand")));
    return code.call("gather", ...given, elementsOf(sizeOf(table?.shape ?? []).slice(1)));
  },
  pad: (node, code) => {
    const { axis, before, after, value = 0 } = node.attributes as unknown as Padded;
    const block = elementsOf(sizeOf(operand(node).shape).slice(axis));
    const each = block / Number(operand(node).shape[axis]);
    const filling = value === 0 ? [] : [numeral(value).text];
    return code.call("pad", code.list(operand(node)), block, before * each, after * each, ...filling);
  },
  concatPair: ({ inputs, attributes: { axis } }, code) => {
    const blocks = inputs.flatMap((one) => [code.list(one), elementsOf(sizeOf(one.shape).slice(Number(axis)))]);
    return code.call("concat", ...blocks);
  },
};

/** Whether a node is what windows over a sequence or an image show. */
export function isWindows(node: Tensor): boolean {
  return node.op.opName === "patches" && windowOf(node).size.length <= 2;
}

/** What goes into a product: rows or an image, weights, what is added, and how many numbers come out for each. */
function factors({ inputs, shape }: Tensor, { list }: Code): readonly (string | undefined)[] {
  const [x, weights, bias] = inputs.map(list);
  return [x, weights, bias ?? "undefined", String(shape.at(-1))];
}

function reduction(snippet: string): Print {
  return (node, code) => {
    const gone = node.attributes.axes as readonly number[];
    // neighboring axes that all go, or all stay, are one
    const axes: { length: number; readonly goes: boolean }[] = [];
    for (const [axis, length] of sizeOf(operand(node).shape).entries()) {
      const [last, goes] = [axes.at(-1), gone.includes(axis)];
      if (length === 1) continue;
      if (last?.goes === goes) last.length *= length;
      else axes.push({ length, goes });
    }
    const going = axes.flatMap(({ goes }, i) => (goes ? [i] : []));
    const lengths = axes.map(({ length }) => length).join(", ");
    return code.call(snippet, code.list(operand(node)), `[${lengths}]`, `[${going.join(", ")}]`);
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
