import { type Kinds, makeFrom, maker } from "../base/described.ts";
import { flag, list, number, required, texts, word } from "../base/fields.ts";
import type { Json } from "../base/json.ts";
import { adagrad, byAdagrad } from "./adagrad.ts";
import { adam, adamW, byAdam } from "./adam.ts";
import { decay } from "./decay.ts";
import { gradientDescent } from "./gradient-descent.ts";
import type { Link } from "./link.ts";
import { byMomentum, FORMS, momentum } from "./momentum.ts";
import { type Optimizer, sequence } from "./optimizer.ts";
import { byRms, PLACES, rmsprop } from "./rmsprop.ts";

const rate = number;
const momentumFields = { beta: number, form: word(FORMS), nesterov: flag, correct: flag };
const rmsFields = { beta: number, epsilon: number, place: word(PLACES), centered: flag };
const adamFields = { beta1: number, beta2: number, epsilon: number, correct: flag };
const adagradFields = { epsilon: number, initial: number };

/** Every link by the name that data calls it. */
export const links: Kinds<Link> = {
  momentum: maker(momentumFields, byMomentum),
  rms: maker(rmsFields, byRms),
  adam: maker(adamFields, byAdam),
  adagrad: maker(adagradFields, byAdagrad),
  decay: maker({ strength: required(number), except: texts }, decay),
};

/** Every optimizer by the name that data calls it. */
export const optimizers: Kinds<Optimizer> = {
  gradientDescent: maker({ rate }, gradientDescent),
  momentum: maker({ rate, ...momentumFields }, momentum),
  rmsprop: maker({ rate, ...rmsFields, momentum: number }, rmsprop),
  adam: maker({ rate, ...adamFields }, adam),
  adamW: maker({ rate, ...adamFields, decay: number, except: texts }, adamW),
  adagrad: maker({ rate, ...adagradFields }, adagrad),
  sequence: maker({ rate: required(number), links: required(list(linkFrom)) }, (values) =>
    sequence(values, ...values.links),
  ),
};

/** A link from data, as `{ kind: "decay", strength: 0.01 }`. */
export function linkFrom(data: Json, place?: string): Link {
  return makeFrom("link", links, data, place);
}

/** An optimizer from data, as `"adam"` or `{ kind: "adam", rate: 0.003 }`. */
export function optimizerFrom(data: Json, place?: string): Optimizer {
  return makeFrom("optimizer", optimizers, data, place);
}
