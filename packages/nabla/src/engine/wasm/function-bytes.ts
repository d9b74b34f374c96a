import { Bytes } from "./bytes.ts";
import { TYPE_CODES } from "./opcodes.ts";
import type { TypeName } from "./tokens.ts";

const END = 0x0b;

/** Writes a function in the format of the code section: its locals, neighbors of one type together, and its code. */
export function encodeFunction(
  target: Bytes,
  { locals, code }: { readonly locals: readonly TypeName[]; readonly code: readonly Bytes[] },
): void {
  const head = new Bytes(64);
  const groups: { type: TypeName; count: number }[] = [];
  for (const type of locals) {
    const last = groups.at(-1);
    if (last?.type === type) last.count++;
    else groups.push({ type, count: 1 });
  }
  head.unsigned(groups.length);
  for (const { type, count } of groups) {
    head.unsigned(count);
    head.push(TYPE_CODES[type]);
  }
  const parts = [head, ...code];
  target.unsigned(parts.reduce((length, part) => length + part.length, 1));
  for (const part of parts) target.append(part);
  target.push(END);
}
