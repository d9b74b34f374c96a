/**
 * Draws the pictures of `docs/` with the library itself: `npm run pictures` draws all, `npm run pictures -- l2-sweep` one.
 * Seeds and the reference engine fix them, so drawing again changes nothing; those of `lessons.ts` train on WebAssembly, whose last bits
 * depend on the processor.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { augmentedDigits } from "./pictures/augmentation.ts";
import { averageWeights, biasCorrection, temperatureAverages } from "./pictures/averages.ts";
import {
  batchNormSpeed,
  dropoutCurves,
  growingData,
  slopesByDifferences,
  underfitRightOverfit,
  zoomBoxes,
} from "./pictures/lessons.ts";
import {
  gridAndRandom,
  learningRateSchedules,
  normalizedInputs,
  pathsOnARavine,
  pathsOverASaddle,
} from "./pictures/optimizers.ts";
import { softmaxRegions } from "./pictures/softmax.ts";
import { activationsOverDepth, batchSizeNoise, earlyStopping, l2Sweep } from "./pictures/training.ts";

/** Every picture by its file's name without `.svg`. */
export const pictures: Readonly<Record<string, () => Promise<string>>> = {
  "activations-over-depth": activationsOverDepth,
  "augmented-digits": augmentedDigits,
  "average-weights": averageWeights,
  "batch-norm-speed": batchNormSpeed,
  "batch-size-noise": batchSizeNoise,
  "bias-correction": biasCorrection,
  "dropout-curves": dropoutCurves,
  "early-stopping": earlyStopping,
  "grid-and-random": gridAndRandom,
  "l2-sweep": l2Sweep,
  "learning-curve": growingData,
  "learning-rate-schedules": learningRateSchedules,
  "normalizing-inputs": normalizedInputs,
  "paths-on-a-ravine": pathsOnARavine,
  "paths-over-a-saddle": pathsOverASaddle,
  "slopes-by-differences": slopesByDifferences,
  "softmax-regions": softmaxRegions,
  "temperature-averages": temperatureAverages,
  "underfit-right-overfit": underfitRightOverfit,
  "zoom-boxes": zoomBoxes,
};

if (import.meta.main) {
  const names = process.argv.slice(2);
  mkdirSync("docs/pictures", { recursive: true });
  for (const [name, draw] of Object.entries(pictures)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const start = performance.now();
    writeFileSync(`docs/pictures/${name}.svg`, await draw());
    console.log(`docs/pictures/${name}.svg in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
}
