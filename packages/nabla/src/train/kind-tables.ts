/** The tables of all kinds, apart from what trains, so that pages hold the kinds that they use and no others. */
import { kindReaders } from "../base/family.ts";
import { augmentations } from "../data/augment/augmentations.ts";
import { initializers } from "../nn/initializers.ts";
import { activations, layers } from "../nn/layers.ts";
import { losses } from "../nn/losses.ts";
import { penalties } from "../nn/penalty.ts";
import { optimizers, transforms } from "../optim/optimizers.ts";
import { schedules } from "../optim/schedules.ts";
import { averagings } from "./averaging.ts";
import { measureKinds } from "./deciding/kinds.ts";

/** The kinds of every family that a job is composed of. */
export const kindTables = {
  layer: layers,
  activation: activations,
  initializer: initializers,
  loss: losses,
  penalty: penalties,
  optimizer: optimizers,
  transform: transforms,
  schedule: schedules,
  average: averagings,
  augmentation: augmentations,
  measure: measureKinds,
} as const;

/** How members of these families are created from data. */
export const kindFamilies = /* @__PURE__ */ kindReaders(kindTables);
