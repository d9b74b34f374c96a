import { type NdArray, zeros } from "../array/ndarray.ts";
import { compact } from "../base/compact.ts";
import { known } from "../base/error.ts";
import { fork, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { compile } from "../engine/program.ts";
import { input, state } from "../graph/leaf.ts";
import { buildModel, RANDOM } from "../nn/model.ts";
import { checkArrays, checkTrained } from "./check-job.ts";
import { defaults } from "./defaults.ts";
import { beginningFeeds, fedInputs } from "./measures.ts";
import type { Trained, UseOptions } from "./trained.ts";

/** Options of `drawPredictions`. */
export interface DrawOptions extends UseOptions {
  /** How many dropout masks are sampled. Default 50. */
  readonly draws?: number;
  /** The seed of the masks; by default that of trainings. */
  readonly seed?: number;
}

/** Predictions with their uncertainty. */
export interface DrawnPredictions {
  /** The mean prediction over all samples: [rows, outputs]. */
  readonly answers: NdArray;
  /** The standard deviation over the samples: [rows, outputs]; 0 without dropout. */
  readonly deviations: NdArray;
}

/**
 * Samples predictions with dropout active: their spread estimates the uncertainty of the network (Monte Carlo dropout:
 * Gal and Ghahramani 2016). Batch norm uses its running mean and variance. The same seed gives the same samples.
 */
export async function drawPredictions(
  trained: Trained,
  inputs: NdArray,
  { draws = 50, seed = defaults.seed, engine }: DrawOptions = {},
): Promise<DrawnPredictions> {
  checkTrained("drawPredictions", trained);
  checkArrays("drawPredictions › inputs", inputs);
  const { model, loss, weights, shape } = trained;
  inRange("draws", draws, { atLeast: 2, whole: true });
  const x = input("inputs", ["batch", ...shape]);
  const variables = new Map([...weights].map(([path, array]) => [path, state(path, array)]));
  const built = buildModel(model, x, { variables, mode: "predict", dropoutActive: true });
  const program = await compile(
    { inputs: [x, ...fedInputs(built)], outputs: { answers: loss.answer(built.output) } },
    compact({ engine }),
  );
  const { seed: words } = fork(seedKey(seed), "predictions");
  const drawn = async (step: number): Promise<NdArray> => {
    const random = { dtype: "int32", shape: [3], data: Int32Array.of(words[0], words[1], step) } as const;
    const feeds = { ...beginningFeeds(built), inputs, ...(built.random === undefined ? {} : { [RANDOM]: random }) };
    return known((await program.run(feeds)).answers, "answers");
  };
  const first = await drawn(0);
  const mean = Float64Array.from(first.data);
  const squares = new Float64Array(mean.length);
  for (let draw = 1; draw < draws; draw++) {
    const { data } = await drawn(draw);
    for (let i = 0; i < mean.length; i++) {
      const off = (data[i] ?? 0) - (mean[i] ?? 0); // Welford 1962
      mean[i] = (mean[i] ?? 0) + off / (draw + 1);
      squares[i] = (squares[i] ?? 0) + off * ((data[i] ?? 0) - (mean[i] ?? 0));
    }
  }
  const [answers, deviations] = [zeros(first.shape), zeros(first.shape)];
  answers.data.set(mean);
  deviations.data.set(squares.map((total) => Math.sqrt(total / (draws - 1))));
  return { answers, deviations };
}
