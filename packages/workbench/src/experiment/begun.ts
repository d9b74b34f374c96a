/** What a training begins with that goes on from a model: the network with its head, weights, and layers to freeze. */
import {
  type ByPath,
  type Json,
  type LearningLayer,
  type Loss,
  learningLayers,
  listing,
  NablaError,
  type NdArray,
  nearest,
  newHead,
  type Preparation,
  soleTargets,
  toJson,
} from "nabla";
import { fits } from "nabla/fields";
import type { Origin } from "./origin.ts";

/** A network that has learned, for other targets. */
export interface Beginning {
  readonly path: string;
  readonly sha256: string;
  readonly model: Json;
  readonly weights: ByPath<NdArray>;
  /** Its layers with parameters, in order. */
  readonly layers: readonly LearningLayer[];
  /** The layer that is new; undefined where the targets are those that the model learned. */
  readonly head?: string;
  /** The loss that it was trained with, where its head stays. */
  readonly loss?: Loss;
}

/** The network of a model for so many outputs; with its own head where it has learned these very targets. */
export function beginFrom(
  { path, sha256, model: { trained, preparation } }: Origin,
  { target }: Pick<Preparation, "target">,
  outputs: number,
): Beginning {
  const { shape, loss } = trained;
  const begun = { path, sha256 };
  if (sameTarget(preparation, { target })) {
    const { model, weights } = trained;
    return { ...begun, model: toJson(model), weights, layers: learningLayers({ model, shape }), loss };
  }
  const { model, weights, head } = newHead(trained, outputs);
  return { ...begun, model: toJson(model), weights, layers: learningLayers({ model, shape }), head };
}

/** Whether two preparations mean the same by the same outputs. */
export function sameTarget(one: Pick<Preparation, "target">, other: Pick<Preparation, "target">): boolean {
  const meaning = (preparation: Pick<Preparation, "target">): string =>
    JSON.stringify(
      soleTargets(preparation).map((target) =>
        target.kind === "number" ? target.name : target.kind === "classes" ? target.classes : target.labels,
      ),
    );
  return one.target.kind === other.target.kind && meaning(one) === meaning(other);
}

/** All layers but the head. */
export const BACKBONE = "backbone";

/**
 * The patterns of the parameters that are frozen: of all layers but the head, of the first so many, or of those that are
 * named. Throws `experiment/freeze` for a name that no layer has, and where nothing would be left to learn.
 */
export function frozenPaths(
  asked: readonly string[],
  { layers, head }: Pick<Beginning, "layers" | "head">,
): readonly string[] {
  if (asked.length === 0) return [];
  const last = head ?? layers.findLast(({ normalizes }) => !normalizes)?.path;
  const [only = ""] = asked;
  const frozen =
    asked.length > 1 || !(only === BACKBONE || /^\d+$/.test(only))
      ? namedLayers(asked, layers)
      : only === BACKBONE
        ? layers.filter(({ path }) => path !== last)
        : firstLayers(layers, Number(only));
  if (frozen.length < layers.length) return frozen.map(({ path }) => `${path}.*`);
  const message = `all ${layers.length} layers would be frozen, and nothing learned`;
  throw new NablaError("experiment/freeze", message, `--freeze alone leaves ${last} to learn`);
}

/** The first layers, each with what normalizes it. */
function firstLayers(layers: readonly LearningLayer[], count: number): readonly LearningLayer[] {
  let met = 0;
  const next = layers.findIndex(({ normalizes }) => {
    if (!normalizes) met += 1;
    return met > count;
  });
  return next < 0 ? layers : layers.slice(0, next);
}

function namedLayers(names: readonly string[], layers: readonly LearningLayer[]): readonly LearningLayer[] {
  const found = new Set<LearningLayer>();
  for (const name of names) {
    const pattern = name.replace(/\.\*$/, "");
    const meant = layers.filter(({ path }) => fits(pattern, path) || path.startsWith(`${pattern}.`));
    if (meant.length === 0) {
      const paths = layers.map(({ path }) => path);
      const message = `no layer with weights is called ${name}`;
      throw new NablaError(
        "experiment/freeze",
        message,
        `did you mean ${listing(nearest(name, paths), "or")}? A number freezes the first layers, ${BACKBONE} all but the head`,
      );
    }
    for (const layer of meant) found.add(layer);
  }
  return layers.filter((layer) => found.has(layer));
}
