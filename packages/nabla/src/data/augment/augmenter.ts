import { elementsOf, type Size } from "../../array/shape.ts";
import { fork } from "../../base/random.ts";
import { clear, identityMap, isIdentity } from "./affine-map.ts";
import {
  type Augmentation,
  type AugmentationChange,
  type Augmenter,
  type AugmenterOptions,
  imageSize,
} from "./augmentation.ts";
import { Draws } from "./draws.ts";
import { resampler } from "./resample.ts";

/**
 * Makes a list of augmentations ready. What comes out for a row in an epoch is a function of the key alone: the same in
 * any batch, in any order, in any thread. Adjacent moves of pixels are composed, so that an image is interpolated once.
 * Throws `augment/shape`.
 */
export function augmenterFor(list: readonly Augmentation[], { shape, key }: AugmenterOptions): Augmenter {
  const seen = new Map<string, number>();
  const parts = list.map((augmentation): Part => {
    const before = seen.get(augmentation.kind) ?? 0;
    seen.set(augmentation.kind, before + 1);
    // named by kind, so that one more in the list leaves the numbers of the others alone
    const own = fork(key, `${augmentation.kind} ${before}`);
    return { change: augmentation.init(shape, fork(own, "change")), draws: new Draws(own) };
  });
  const stages = inStages(parts).map((stage) => (isSpatial(stage[0]) ? mover(stage, shape) : alterer(stage)));
  return (data, at, place) => {
    for (const stage of stages) stage(data, at, place);
  };
}

interface Part {
  readonly change: AugmentationChange;
  readonly draws: Draws;
}

function isSpatial(part: Part | undefined): boolean {
  return part?.change.move !== undefined || part?.change.displace !== undefined;
}

function inStages(parts: readonly Part[]): readonly (readonly Part[])[] {
  const stages: Part[][] = [];
  for (const part of parts) {
    const last = stages.at(-1);
    if (last !== undefined && isSpatial(last[0]) && isSpatial(part)) last.push(part);
    else stages.push([part]);
  }
  return stages;
}

function alterer(stage: readonly Part[]): Augmenter {
  return (data, at, { row, epoch }) => {
    for (const { change, draws } of stage) {
      draws.seek(row, epoch);
      change.alter?.(data, at, draws);
    }
  };
}

/** Elastic displacements are in pixels of the result, at any position in the list: they are alike in all directions. */
function mover(stage: readonly Part[], shape: Size): Augmenter {
  const map = identityMap();
  const resample = resampler(imageSize("image", shape));
  const bends = stage.some(({ change }) => change.displace !== undefined);
  const pixels = elementsOf(shape.slice(0, 2));
  const field = bends ? { x: new Float32Array(pixels), y: new Float32Array(pixels) } : undefined;
  return (data, at, { row, epoch }) => {
    clear(map);
    field?.x.fill(0);
    field?.y.fill(0);
    for (const { change, draws } of stage) {
      draws.seek(row, epoch);
      change.move?.(map, draws);
      if (field !== undefined) change.displace?.(field, draws);
    }
    if (field !== undefined || !isIdentity(map)) resample(data, at, map, field);
  };
}
