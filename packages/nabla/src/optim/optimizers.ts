import { type Kinds, makeFrom, maker } from "../base/described.ts";
import { flag, list, nested, number, required, texts, word } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { accumulate } from "./accumulate.ts";
import { adadelta, scaleByAdadelta } from "./adadelta.ts";
import { adagrad, scaleByAdagrad } from "./adagrad.ts";
import { adam, adamW, scaleByAdam } from "./adam.ts";
import { adamax, scaleByAdamax } from "./adamax.ts";
import { amsgrad, scaleByAmsgrad } from "./amsgrad.ts";
import { clipGlobalNorm, clipNorm, clipValue } from "./clip.ts";
import { decay } from "./decay.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { groupFactorsField, groups } from "./groups.ts";
import { lamb, trust } from "./lamb.ts";
import { lion, scaleByLion } from "./lion.ts";
import { maxNorm } from "./max-norm.ts";
import { FORMS, momentum, scaleByMomentum } from "./momentum.ts";
import { nadam, scaleByNAdam } from "./nadam.ts";
import { chainTransforms, type Optimizer } from "./optimizer.ts";
import { PLACES, rmsprop, scaleByRms } from "./rmsprop.ts";
import type { GradientTransform } from "./transform.ts";

const rate = number;
const momentumFields = { beta: number, form: word(FORMS), nesterov: flag, correct: flag };
const rmsFields = { beta: number, epsilon: number, place: word(PLACES), centered: flag };
const adamFields = { beta1: number, beta2: number, epsilon: number, correct: flag };
const betas = { beta1: number, beta2: number };
const maxFields = { ...betas, epsilon: number };
const nadamFields = { ...maxFields, rise: number };
const deltaFields = { beta: number, epsilon: number };
const shrinking = { decay: number, except: texts };
const bound = { most: required(number) };
const adagradFields = { epsilon: number, initial: number };

/** Every transform by the name that data calls it. */
export const transforms: Kinds<GradientTransform> = {
  momentum: maker(momentumFields, scaleByMomentum),
  rms: maker(rmsFields, scaleByRms),
  adam: maker(adamFields, scaleByAdam),
  adagrad: maker(adagradFields, scaleByAdagrad),
  nadam: maker(nadamFields, scaleByNAdam),
  amsgrad: maker(maxFields, scaleByAmsgrad),
  adamax: maker(maxFields, scaleByAdamax),
  adadelta: maker(deltaFields, scaleByAdadelta),
  lion: maker(betas, scaleByLion),
  trust: maker({ except: texts }, trust),
  clipValue: maker(bound, clipValue),
  clipNorm: maker(bound, clipNorm),
  clipGlobalNorm: maker(bound, clipGlobalNorm),
  maxNorm: maker({ ...bound, except: texts }, maxNorm),
  groups: maker({ factors: required(groupFactorsField) }, groups),
  decay: maker({ strength: required(number), except: texts }, decay),
};

/** Every optimizer by the name that data calls it. */
export const optimizers: Kinds<Optimizer> = {
  gradientDescent: maker({ rate }, gradientDescent),
  momentum: maker({ rate, ...momentumFields }, momentum),
  rmsprop: maker({ rate, ...rmsFields, momentum: number }, rmsprop),
  adam: maker({ rate, ...adamFields }, adam),
  adamW: maker({ rate, ...adamFields, ...shrinking }, adamW),
  nadam: maker({ rate, ...nadamFields }, nadam),
  amsgrad: maker({ rate, ...maxFields }, amsgrad),
  adamax: maker({ rate, ...maxFields }, adamax),
  adadelta: maker({ rate, ...deltaFields }, adadelta),
  lion: maker({ rate, ...betas, ...shrinking }, lion),
  lamb: maker({ rate, ...adamFields, ...shrinking }, lamb),
  adagrad: maker({ rate, ...adagradFields }, adagrad),
  sequence: maker({ rate: required(number), links: required(list(transformFrom)) }, (values) =>
    chainTransforms(values, ...values.links),
  ),
  accumulate: maker({ every: required(number), optimizer: required(nested(optimizerFrom)) }, ({ optimizer, every }) =>
    accumulate(optimizer, every),
  ),
};

/** A transform from data, as `{ kind: "decay", strength: 0.01 }`. */
export function transformFrom(data: Json, place?: string): GradientTransform {
  return makeFrom("transform", transforms, data, place);
}

/** An optimizer from data, as `"adam"` or `{ kind: "adam", rate: 0.003 }`. */
export function optimizerFrom(data: Json, place?: string): Optimizer {
  return makeFrom("optimizer", optimizers, data, place);
}
