import { type Kinds, readerOf } from "../base/family.ts";
import type { Json } from "../base/json.ts";
import { adadelta, scaleByAdadelta } from "./adadelta.ts";
import { adafactor, scaleByAdafactor } from "./adafactor.ts";
import { adagrad, scaleByAdagrad } from "./adagrad.ts";
import { adam, adamW, scaleByAdam } from "./adam.ts";
import { adamax, scaleByAdamax } from "./adamax.ts";
import { amsgrad, scaleByAmsgrad } from "./amsgrad.ts";
import { clipGlobalNorm, clipNorm, clipValue } from "./clip.ts";
import { decay } from "./decay.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { groups } from "./groups.ts";
import { lamb, trust } from "./lamb.ts";
import { lion, scaleByLion } from "./lion.ts";
import { maxNorm } from "./max-norm.ts";
import { momentum, scaleByMomentum } from "./momentum.ts";
import { muon, scaleByMuon } from "./muon.ts";
import { nadam, scaleByNAdam } from "./nadam.ts";
import { accumulate, type Optimizer, transformChain } from "./optimizer.ts";
import { radam, scaleByRAdam } from "./radam.ts";
import { rmsprop, scaleByRms } from "./rmsprop.ts";
import type { GradientTransform } from "./transform.ts";

export {
  accumulate,
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamW,
  amsgrad,
  clipGlobalNorm,
  clipNorm,
  clipValue,
  decay,
  gradientDescent,
  groups,
  lamb,
  lion,
  maxNorm,
  momentum,
  muon,
  nadam,
  radam,
  rmsprop,
  scaleByAdadelta,
  scaleByAdafactor,
  scaleByAdagrad,
  scaleByAdam,
  scaleByAdamax,
  scaleByAmsgrad,
  scaleByLion,
  scaleByMomentum,
  scaleByMuon,
  scaleByNAdam,
  scaleByRAdam,
  scaleByRms,
  transformChain,
  trust,
};

/** Every gradient transform by the name that data calls it. */
export const transforms: Kinds<GradientTransform> = {
  momentum: scaleByMomentum,
  rms: scaleByRms,
  adam: scaleByAdam,
  adagrad: scaleByAdagrad,
  nadam: scaleByNAdam,
  amsgrad: scaleByAmsgrad,
  adamax: scaleByAdamax,
  adadelta: scaleByAdadelta,
  lion: scaleByLion,
  radam: scaleByRAdam,
  adafactor: scaleByAdafactor,
  muon: scaleByMuon,
  trust,
  clipValue,
  clipNorm,
  clipGlobalNorm,
  maxNorm,
  groups,
  decay,
};

/** Every optimizer by the name that data calls it. */
export const optimizers: Kinds<Optimizer> = {
  gradientDescent,
  momentum,
  rmsprop,
  adam,
  adamW,
  nadam,
  amsgrad,
  adamax,
  adadelta,
  lion,
  lamb,
  adagrad,
  radam,
  adafactor,
  muon,
  sequence: transformChain,
  accumulate,
};

const tables = { transform: transforms, optimizer: optimizers };

/** A gradient transform from data, as `{ kind: "decay", strength: 0.01 }`. */
export const transformFrom: (data: Json, place?: string) => GradientTransform = /* @__PURE__ */ readerOf(
  "transform",
  tables,
);

/** An optimizer from data, as `"adam"` or `{ kind: "adam", rate: 0.003 }`. */
export const optimizerFrom: (data: Json, place?: string) => Optimizer = /* @__PURE__ */ readerOf("optimizer", tables);
