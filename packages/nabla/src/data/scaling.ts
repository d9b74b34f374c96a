import { deviationOfMoments, meanOfMoments, moments } from "../base/statistics/moments.ts";
import { quantileOf } from "../base/statistics/summary.ts";
import { ValueSample } from "./value-sample.ts";

/** How numbers are scaled: z = (x - center) / spread, both in the unit of the column. */
export interface Scale {
  readonly center: number;
  readonly spread: number;
  /** z is drawn in smoothly to lie within this and its negative: z / √(1 + (z / clip)²). */
  readonly clip?: number;
}

/** Of Holzmüller et al. 2024, "Better by Default", section 3 (RealMLP). */
const SMOOTH_CLIP = 3;

/** A value by a scale; 0 where nothing varies. A value far beyond all others is near the clip and no further. */
export function scaledNumber({ center, spread, clip }: Scale, value: number): number {
  if (spread === 0) return Number.isNaN(value) ? value : 0;
  const z = (value - center) / spread;
  // the same as z / √(1 + (z / clip)²), but right for infinite values too
  return clip === undefined ? z : (Math.sign(z) * clip) / Math.sqrt(1 + (clip / z) ** 2);
}

/** Zero mean and unit variance. */
function byMoments(numbers: ArrayLike<number>): Scale {
  const found = moments(numbers);
  return { center: meanOfMoments(found), spread: deviationOfMoments(found) };
}

/** From 0 to 1; one extreme value squeezes all others. */
function byExtremes(numbers: ArrayLike<number>): Scale {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least > most ? { center: 0, spread: 0 } : { center: least, spread: most - least };
}

/** A range of quartiles so small beside the deviation is 0 but for rounding: values divided by it would leave float32. */
const VANISHING = 1e-30;

/** A way to scale by the quartiles of a sample; `moments` is the scale by mean and deviation of the whole column. */
type BySample = (sample: ValueSample, moments: Scale) => Scale;

/**
 * Median and interquartile range, which a few wild values do not move. Where more than half of the values are one value,
 * that range is 0 or next to it: then the standard deviation takes its place.
 */
export function robustScale(sample: ValueSample, { spread }: Scale): Scale {
  const { center, range } = quartilesOf(sample.sorted());
  return { center, spread: range <= VANISHING * spread ? spread : range };
}

/**
 * Median and interquartile range, and what is far from all others drawn in. Where more than half of the values are one
 * value, the median distance of the others from it takes the place of that range, which unlike their deviation no wild
 * value among them moves; where the sample has no others, the standard deviation.
 */
export function smoothClipScale(sample: ValueSample, moments: Scale): Scale {
  // an infinite value is a fault of the data, which whoever asks for the scale reports
  if (!Number.isFinite(moments.center)) return moments;
  const sorted = sample.sorted();
  const { center, range } = quartilesOf(sorted);
  const others = sorted.map((value) => Math.abs(value - center)).filter((distance) => distance > 0);
  const found = range > 0 ? range : others.length > 0 ? quantileOf(others.sort(), 0.5) : moments.spread;
  return found === 0 ? { center, spread: 0 } : { center, spread: found, clip: SMOOTH_CLIP };
}

function quartilesOf(sorted: Float64Array): { readonly center: number; readonly range: number } {
  if (sorted.length === 0) return { center: 0, range: 0 };
  return { center: quantileOf(sorted, 0.5), range: quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25) };
}

function bySample(scale: BySample): (numbers: ArrayLike<number>) => Scale {
  return (numbers) => {
    const sample = new ValueSample();
    sample.add(numbers);
    return scale(sample, byMoments(numbers));
  };
}

/** The ways to scale, by name; missing values (NaN) are left out. */
export const scalings = {
  standardize: byMoments,
  minMax: byExtremes,
  robust: bySample(robustScale),
  smoothClip: bySample(smoothClipScale),
} as const satisfies { readonly [name: string]: (numbers: ArrayLike<number>) => Scale };

/** The name of a way to scale. */
export type Scaling = keyof typeof scalings;

/** All names. */
export const SCALINGS: readonly Scaling[] = Object.keys(scalings) as Scaling[];
