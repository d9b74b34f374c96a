/** What a training begins with, and what of it is frozen, in words. */
import { basename } from "node:path";
import { count, listing, type Notice } from "nabla";
import type { ResolvedExperiment } from "./fields.ts";
import type { Parts, PreparedParts } from "./parts.ts";

/** Notices on the model that a training begins from; none where there is none. */
export function beginNotices(
  { origin }: Pick<Parts, "origin">,
  { begun }: Pick<PreparedParts, "begun">,
  { freeze }: Pick<ResolvedExperiment, "freeze">,
): readonly Notice[] {
  if (origin === undefined || begun === undefined) return [];
  const { head, layers, path } = begun;
  const frozen = layers.filter((layer) => freeze.includes(`${layer.path}.*`)).map((layer) => layer.path);
  const begins = head === undefined ? "with its head, since the target is the same" : `with a new head, ${head}`;
  const rest = layers.length - frozen.length;
  const kept =
    frozen.length === 0
      ? "; all layers learn"
      : `; ${frozen.length === 1 ? `the layer ${frozen[0]} is` : `${count(frozen.length, "layer")} (${shortened(frozen)}) are`} frozen, ${rest === 1 ? "one learns" : `${rest} learn`} (--freeze none for all)`;
  const messages = [`begins from ${basename(path)} ${begins}${kept}`];
  if (origin.assumesPixels)
    messages.push("the file does not say how it takes pixels: they are scaled to 0 to 1 (--pixels says otherwise)");
  return messages.map((message) => ({ code: "from/begins", message }));
}

function shortened(names: readonly string[]): string {
  return names.length < 4 ? listing(names) : `${names[0]} to ${names.at(-1)}`;
}
