import { readStateDict } from "nabla/exchange";
import type { Found, ImportSource } from "./format.ts";
import { inflate } from "./inflate.ts";

/** The weights of a state dict. Throws `torch/…` and `zip/…`. */
export function readTorchModel({ bytes }: ImportSource): Found {
  return { kind: "weights", ...readStateDict(bytes, { inflate }) };
}
