/** Problems in the health of layers that need a remedy. */
import { known } from "../base/error.ts";
import type { Advice } from "./advice.ts";
import type { LayerHealth } from "./layer-health.ts";

/** Something that is wrong, the layer where it starts, and what to try; plain data. */
export interface Finding extends Advice {
  /** The layer where it starts, and its position from 1. */
  readonly path: string;
  readonly index: number;
}

/** A signal that shrinks or grows by more than this is on its way to nothing, or out of all bounds. */
const FAR = 1e3;
/** Up to this factor it may wander. */
const NEAR = 2;
/** The share of dead units, or of saturated numbers, that is too much. */
const MOST = 0.5;

const TRY: Readonly<Record<string, string>> = {
  "health/vanishing-activations":
    "weights that keep the variance: he() before relu, xavier() before tanh and sigmoid; or batchNorm() after each dense layer",
  "health/exploding-activations":
    "smaller weights, of variance 1/inputs (2/inputs before relu); or batchNorm() after each dense layer",
  "health/vanishing-gradients":
    "relu() in place of tanh and sigmoid, he() weights, batchNorm(), or residual() blocks, whose skip connections pass gradients unchanged",
  "health/exploding-gradients": "smaller weights, batchNorm(), and clipping gradients by their global norm",
  "health/dead": "a smaller learning rate, he() weights, leakyRelu() in place of relu(), or batchNorm() before it",
  "health/saturated": "smaller weights, standardized inputs, batchNorm() before the activation, or relu()",
};

/** Findings in the order of the layers. */
export function findingsOf(layers: readonly LayerHealth[], outside: number): readonly Finding[] {
  const forwards = layers.map(({ path, index, deviation }) => ({ path, index, ratio: deviation / outside }));
  const last = layers.at(-1)?.gradient ?? 0;
  const backward = layers.map(({ path, index, gradient }) => ({ path, index, ratio: gradient / last })).toReversed();
  const drift = (seen: readonly LayerRatio[], what: "activations" | "gradients"): readonly Finding[] => {
    const found = driftOf(seen);
    if (found === undefined) return [];
    const { way, from, to } = found;
    const against = what === "activations" ? "that of the inputs" : "that at the output";
    const measure = what === "activations" ? "standard deviation" : "norm";
    return [
      finding(
        `health/${way}-${what}`,
        from,
        `the ${measure} of the ${what} at ${to.path} is ${times(to.ratio)} ${against}; it starts at ${from.path}`,
      ),
    ];
  };
  return [
    ...drift(forwards, "activations"),
    ...drift(backward, "gradients"),
    ...layers
      .filter(({ dead }) => dead > MOST)
      .slice(0, 1)
      .map((layer) =>
        finding("health/dead", layer, `${percent(layer.dead)} of the units of ${layer.path} output 0 for every row`),
      ),
    ...layers
      .filter(({ saturated = 0 }) => saturated > MOST)
      .slice(0, 1)
      .map((layer) =>
        finding(
          "health/saturated",
          layer,
          `${percent(known(layer.saturated, "a share"))} of the outputs of ${layer.path} are saturated`,
        ),
      ),
  ];
}

interface LayerRatio {
  readonly path: string;
  readonly index: number;
  readonly ratio: number;
}

/**
 * Whether a signal explodes or vanishes through the layers. It starts after the last layer where it was still near what
 * it came from, so one layer that scales and another that scales back do not count.
 */
function driftOf(
  seen: readonly LayerRatio[],
): { readonly way: "vanishing" | "exploding"; readonly from: LayerRatio; readonly to: LayerRatio } | undefined {
  const beyond = seen.findIndex(({ ratio }) => !(ratio > 1 / FAR && ratio < FAR));
  const crossed = seen[beyond];
  if (crossed === undefined) return undefined;
  const near = seen.slice(0, beyond).findLastIndex(({ ratio }) => ratio > 1 / NEAR && ratio < NEAR);
  const from = seen[near + 1] ?? crossed;
  const way = crossed.ratio < 1 ? "vanishing" : "exploding";
  const rest = seen.slice(beyond);
  const to = rest.reduce((far, one) =>
    (way === "vanishing" ? one.ratio < far.ratio : one.ratio > far.ratio) ? one : far,
  );
  return { way, from, to };
}

function finding(
  code: string,
  { path, index }: { readonly path: string; readonly index: number },
  because: string,
): Finding {
  return { code, path, index, because, try: known(TRY[code], code) };
}

function times(ratio: number): string {
  return ratio === 0 ? "negligible compared with" : `${ratio.toExponential(1)} times`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
