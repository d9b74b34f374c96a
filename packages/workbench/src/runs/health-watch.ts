/** Looks at each layer of a network while it trains, where its experiment says so: its training takes no notice. */
import { type EpochEvent, type Examples, NablaError, type NdArray, type Training, takeExamples } from "nabla";
import { type HealthArrays, health } from "nabla/diagnose";
import type { Plan } from "../experiment/plan.ts";
import { appendHealth, type Histogram, type NamedHistogram, type WatchedLayer } from "../store/health-record.ts";

/** Bins of a histogram. */
const BINS = 24;
/** Rows that are passed through the network: a batch, which memory holds, but for these at least and at most. */
const ROWS = { least: 32, most: 256 } as const;
/** Layers that are recorded, and as many parameters: of more the first and the last. */
const LAYERS = 64;
/** Epochs that are all recorded; after so many every second is, after twice as many every fourth, and so on. */
const EVERY = 32;

/** Looks at a training. */
export interface HealthWatch {
  /** Seconds that looking has taken. */
  readonly seconds: number;
  /** Records the network as it is after this epoch, if it is one of those that are. */
  readonly look: (event: EpochEvent, training: Pick<Training, "model">) => Promise<void>;
  /** Begins to look, where nothing has been looked at so far. */
  readonly begin: () => void;
}

/** Whether an epoch is recorded: of a thousand 111 are, of a million 270. */
export function isWatchedEpoch(epoch: number): boolean {
  const stride = 2 ** Math.max(0, Math.ceil(Math.log2(epoch / EVERY)));
  return epoch % stride === 0;
}

/** Watches a training whose experiment says `watch: health`, and any other once it is told to begin. */
export function healthWatch(
  { resolved, train }: { readonly resolved: Plan["resolved"]; readonly train: Plan["prepared"]["train"] },
  { checkpoint, clock }: { readonly checkpoint: string; readonly clock: () => number },
): HealthWatch {
  // the epoch after which it began; undefined where it has not
  const watched: { seconds: number; failed: boolean; isOn: boolean; since: number | undefined } = {
    ...{ seconds: 0, failed: false, isOn: resolved.watch === "health" },
    since: resolved.watch === "health" ? 0 : undefined,
  };
  const rows = Math.min(train.rows, ROWS.most, Math.max(ROWS.least, resolved.batch));
  const indices = Int32Array.from({ length: rows }, (_, row) => row);
  let examples: Examples | undefined;
  const look: HealthWatch["look"] = async ({ epoch }, training) => {
    if (watched.failed || !watched.isOn) return;
    // what was undone may have been before it
    if (watched.since === undefined || epoch <= watched.since) watched.since = epoch - 1;
    if (!isWatchedEpoch(epoch - watched.since)) return;
    const begun = clock();
    try {
      examples ??= takeExamples(train, indices);
      const { model, loss, weights } = await training.model("last");
      const seen: { arrays?: HealthArrays } = {};
      const { layers } = await health({ model, loss, weights }, examples, {
        rows,
        seed: resolved.seed,
        onArrays: (arrays) => {
          seen.arrays = arrays;
        },
      });
      const { activations = new Map(), gradients = new Map() } = seen.arrays ?? {};
      const parameters = new Map([...weights].filter(([path]) => gradients.has(path)));
      await appendHealth(checkpoint, {
        epoch,
        layers: some(layers).map(watchedLayer),
        weights: histogramsOf(parameters),
        activations: histogramsOf(activations),
        gradients: histogramsOf(gradients),
      });
    } catch (error) {
      // what cannot be looked at is trained all the same
      if (!(error instanceof NablaError)) throw error;
      watched.failed = true;
    } finally {
      watched.seconds += clock() - begun;
    }
  };
  return {
    get seconds() {
      return watched.seconds;
    },
    look,
    begin: () => {
      watched.isOn = true;
    },
  };
}

function some<T>(all: readonly T[]): readonly T[] {
  return all.length <= LAYERS ? all : [...all.slice(0, LAYERS / 2), ...all.slice(-LAYERS / 2)];
}

function watchedLayer({
  path,
  gain,
  gradient,
  dead,
  saturated,
}: Readonly<Record<"gain" | "gradient" | "dead", number>> & {
  readonly path: string;
  readonly saturated?: number;
}): WatchedLayer {
  const all = { path, gain: told(gain), gradient: told(gradient), dead: told(dead) };
  return saturated === undefined ? all : { ...all, saturated: told(saturated) };
}

/** A number as it is recorded. */
function told(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

function histogramsOf(arrays: ReadonlyMap<string, NdArray>): readonly NamedHistogram[] {
  return some([...arrays]).map(([path, { data }]) => [path, histogramOf(data)] as const);
}

/** The numbers in bins of one width from the least to the most. */
export function histogramOf(data: ArrayLike<number>): Histogram {
  let [least, most, bad] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? Number.NaN;
    if (!Number.isFinite(value)) bad += 1;
    else {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const none = bad === 0 ? {} : { bad };
  if (least > most) return { from: 0, to: 0, counts: [], ...none };
  if (least === most) return { from: least, to: most, counts: [data.length - bad], ...none };
  const counts = Array.from({ length: BINS }, () => 0);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(BINS - 1, Math.floor(((value - least) / (most - least)) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { from: least, to: most, counts, ...none };
}
