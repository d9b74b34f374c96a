import { readStateDict } from "nabla/exchange";
import { inflate } from "../host/inflate.ts";
import type { Found, ImportSource } from "./format.ts";

/** The weights of a state dict. Throws `torch/…` and `zip/…`. */
export function readTorchModel({ bytes }: ImportSource): Found {
  return { kind: "weights", ...readStateDict(bytes, { inflate }) };
}
