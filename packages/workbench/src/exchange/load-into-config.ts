/** Weights onto the network that an experiment file describes. */
import { compact, layerFrom, lossFrom, NablaError, type NdArray, type Preparation } from "nabla";
import { answerShape, type LoadedWeights, loadWeights, plainPreparation } from "nabla/exchange";
import type { PartialExperiment } from "../experiment/fields.ts";
import { planExperiment } from "../experiment/plan.ts";
import { readExperiment } from "../experiment/read-experiment.ts";
import { resolveExperiment } from "../experiment/resolve.ts";
import type { TrainedModel } from "../store/trained-model.ts";

/** Options of `loadWeightsIntoConfig`. */
export interface OntoOptions {
  readonly config: string;
  /** The shape of one example, where file and experiment leave it open. Default: theirs. */
  readonly shape?: readonly number[];
}

/** A model of our own with weights of a file. */
export interface ModelWithWeights {
  readonly model: TrainedModel;
  readonly loaded: LoadedWeights;
  readonly notices: readonly string[];
}

/** A network without its weights. */
interface Plan {
  readonly layers: ReturnType<typeof layerFrom>;
  readonly loss: ReturnType<typeof lossFrom>;
  readonly shape: readonly number[];
  readonly preparation?: Preparation;
  readonly classes?: readonly string[];
  readonly notices: readonly string[];
}

/**
 * Where the experiment names data, its preparation and classes are taken from there, as `nabla train` would. Throws
 * `usage/shape` where the input shape is unknown, and what reading experiments and data throws.
 */
export async function loadWeightsIntoConfig(
  tensors: ReadonlyMap<string, NdArray>,
  { config, shape }: OntoOptions,
): Promise<ModelWithWeights> {
  const experiment = await readExperiment(config);
  const plan = await planOf({ ...wavesIn(tensors, experiment), ...experiment }, tensors, shape);
  const loaded = loadWeights(tensors, plan.layers, plan.shape);
  const { layers: model, loss } = plan;
  const notices = [...plan.notices, ...loaded.notices];
  const classes = compact({ classes: plan.classes });
  const trained = { model, loss, weights: loaded.weights, shape: plan.shape, ...classes };
  if (plan.preparation !== undefined) return { model: { trained, preparation: plan.preparation }, loaded, notices };
  const outputs = loaded.missing.length > 0 ? 1 : (answerShape(trained).at(-1) ?? 1);
  const preparation = plainPreparation({ shape: plan.shape, outputs, loss });
  const named = preparation.target.kind === "classes" ? { classes: preparation.target.classes } : {};
  return { model: { trained: { ...trained, ...named }, preparation, unnamed: true }, loaded, notices };
}

/** Without waves, unless the experiment or the weights have some: networks from elsewhere begin with their first matrix. */
function wavesIn(
  tensors: ReadonlyMap<string, NdArray>,
  { layers }: PartialExperiment,
): Pick<PartialExperiment, "periodic"> {
  const haveWaves = [...tensors.keys()].some((name) => name.endsWith("frequency"));
  return haveWaves || layers !== undefined ? {} : { periodic: 0 };
}

async function planOf(
  experiment: PartialExperiment,
  tensors: ReadonlyMap<string, NdArray>,
  given: readonly number[] | undefined,
): Promise<Plan> {
  const { data, target } = experiment;
  if (data !== undefined && target !== undefined) {
    const { resolved, prepared } = await planExperiment({ ...experiment, data, target });
    const { classes, inputs } = prepared.train;
    return compact({
      layers: layerFrom(resolved.model, "layers"),
      loss: lossFrom(resolved.loss),
      shape: inputs.shape.slice(1),
      preparation: prepared.preparation,
      classes,
      notices: [
        `inputs are prepared as for a training on ${data}; that is right only if the weights were trained on inputs prepared in the same way`,
      ],
    });
  }
  const shape = given ?? experiment.image ?? shapeFrom(tensors);
  const outputs = outputsFrom(tensors);
  const task = experiment.task ?? (outputs === 1 ? "regression" : "classification");
  const facts = { task, split: { train: 1, dev: 0, test: 0 }, rows: 1, outputs, shape, numbers: [], texts: [] };
  const settled = resolveExperiment({ ...experiment, data: "", target: "" }, facts);
  return { layers: layerFrom(settled.model, "layers"), loss: lossFrom(settled.loss), shape, notices: [] };
}

/** The first matrix gives the number of inputs; a convolution kernel does not give the image size. */
function shapeFrom(tensors: ReadonlyMap<string, NdArray>): readonly number[] {
  const first = [...tensors].find(([, { shape }]) => shape.length > 1);
  if (first !== undefined && first[1].shape.length === 2) {
    const [name, { shape }] = first;
    const [rows = 1, columns = 1] = shape;
    return [/(^|[./])weight$/.test(name) ? columns : rows];
  }
  throw new NablaError(
    "usage/shape",
    "the shape of an example is not known",
    "--shape 28x28x1, or --shape 20 for a row of 20 numbers",
  );
}

/** The last bias, or the last matrix, gives the number of outputs. */
function outputsFrom(tensors: ReadonlyMap<string, NdArray>): number {
  const [name, last] = [...tensors].filter(([, { shape }]) => shape.length === 1 || shape.length === 2).at(-1) ?? [];
  if (last === undefined) return 1;
  return (last.shape.length === 2 && /(^|[./])weight$/.test(name ?? "") ? last.shape[0] : last.shape.at(-1)) ?? 1;
}
