import type { Tensor } from "./tensor.ts";

/** Every node that `outputs` depend on, inputs before users, without recursion: graphs may be ten thousands of nodes deep. */
export function walk(outputs: readonly Tensor[]): readonly Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { readonly node: Tensor; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output)) continue;
    seen.add(output);
    stack.push({ node: output, next: 0 });
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.node.inputs[top.next++];
      if (child === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(child)) {
        seen.add(child);
        stack.push({ node: child, next: 0 });
      }
    }
  }
  return order;
}
