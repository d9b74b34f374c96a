/**
 * The shorthand options for a network and its learning rate. "Measured" is the mean dev error over seeds 1 to 5 on
 * digits (digit), and on penguins (species; body_mass_g as 1 - R²).
 */
import { adam, dropout, type Json, type Layer, relu } from "nabla";
import {
  boolean,
  field,
  kindType,
  list,
  listType,
  number,
  numberType,
  sameAs,
  searchOf,
  wholeNumber,
} from "nabla/fields";
import { asData, chosen, type Facts, orNone } from "./choice.ts";
import { FEW_IMAGES, imageHidden, imagesOf } from "./image-network.ts";

const unitsType = listType(numberType({ atLeast: 1, whole: true }));

/** Measured 1.9%, 0%, 14.1%; 64,32 gives 1.9%, 0%, 14.9%; wider gains nothing. */
export const defaultHidden: readonly number[] = [128, 64];

/**
 * For the default network alone; whoever names layers gets what they name. With weight decay little dropout is enough, and
 * on the fewest inputs it only blurs: see benchmarks/results/choices.md.
 */
const defaultKeep = 0.9;
/** Waves of each number for the default network; see benchmarks/results/choices.md. */
const defaultWaves = 4;
/** So few inputs are learned without dropout. */
const FEW_INPUTS = 3;

/**
 * What series leave beside their references is little, which wide networks memorize: of four series to choose by, three are forecast
 * better by this one without waves and dropout than by the default of tables (benchmarks/forecasts.ts).
 */
const seriesHidden: readonly number[] = [32];

/** Whether rows are forecasts of series. */
function areForecasts({ horizon = 0 }: Pick<Facts, "horizon">): boolean {
  return horizon > 0;
}

/** Whether examples are images [height, width, channels]. */
export function areImages({ shape }: Pick<Facts, "shape">): boolean {
  return shape.length === 3;
}

/**
 * Whether all inputs are words of texts, which a linear model of their vectors tells apart best: descriptions of Debian packages 24.4%
 * instead of 26.0% with hidden layers, of packages of three registries 14.8% instead of 15.9%, lines of six novels 50.9% instead of 53.9%.
 */
function areTexts({ shape, texts }: Pick<Facts, "shape" | "texts">): boolean {
  return shape.length === 1 && texts.reduce((sum, { length }) => sum + 2 * length, 0) === shape[0];
}

function areFew(shape: readonly number[]): boolean {
  return shape.length === 1 && (shape[0] ?? 0) <= FEW_INPUTS;
}

/** The keep probability for a dropout rate, without the rounding digits of the subtraction. */
const kept = (dropped: Json): Json => (typeof dropped === "number" ? Number((1 - dropped).toPrecision(12)) : dropped);

/** Options in place of a whole network and a whole optimizer; what they come to is in the resolved experiment. */
export const networkFields = {
  hidden: chosen(
    field(orNone(unitsType), {
      optional: true,
      help: 'units of the hidden layers, such as 64,32, or "none" for a linear model',
      option: {
        argument: "units",
        elsewhere: sameAs("hidden-layers", "hidden-units", "hidden-layer-sizes", "hidden-sizes"),
      },
    }),
    `${defaultHidden}; behind convolutions ${imageHidden.few}, or ${imageHidden.many} from ${FEW_IMAGES.toLocaleString("en-US")} images on; of texts alone none; of forecasts ${seriesHidden}`,
    (facts) =>
      areImages(facts)
        ? imageHidden[imagesOf(facts.rows)]
        : areTexts(facts)
          ? []
          : areForecasts(facts)
            ? seriesHidden
            : defaultHidden,
  ),
  activation: asData(
    field(kindType<Layer>("activation", "apply"), {
      default: relu(),
      source: "initialized by He, it needs no tuning",
      help: "activation of the hidden layers",
      option: { argument: "kind" },
    }),
  ),
  keep: chosen(
    number({
      above: 0,
      atMost: 1,
      optional: true,
      search: searchOf(dropout.fields.keep),
      help: "dropout: the probability of keeping a hidden unit",
      option: {
        argument: "probability",
        aliases: { dropout: kept },
        elsewhere: { "dropout-rate": kept, ...sameAs("keep-prob") },
      },
    }),
    `${defaultKeep} with the default hidden layers and more than ${FEW_INPUTS} inputs, of forecasts and else 1`,
    ({ said, ...facts }) => (said("hidden") || areFew(facts.shape) || areForecasts(facts) ? 1 : defaultKeep),
  ),
  periodic: chosen(
    wholeNumber({
      atLeast: 0,
      optional: true,
      help: "learned waves of each number among the inputs, beside the number itself; 0 for none",
      option: { argument: "count" },
    }),
    `${defaultWaves} in a network with hidden layers, of forecasts and else 0`,
    ({ said, so, ...facts }) => {
      const isLinear = (Array.isArray(so.hidden) && so.hidden.length === 0) || areForecasts(facts);
      return said("layers") || isLinear || areImages(facts) || facts.numbers.length === 0 ? 0 : defaultWaves;
    },
  ),
  textUnits: wholeNumber({
    atLeast: 1,
    default: 32,
    source: "measured on descriptions of packages and lines of novels",
    help: "the dimension of the vector that a text becomes, of each column of texts, and the last values of a series that are read in order",
    option: { argument: "number" },
  }),
  normalize: chosen(
    boolean({ optional: true, help: "batch norm before each activation" }),
    "true for images; small networks for tables train without",
    areImages,
  ),
  layers: asData(
    list(kindType<Layer>("layer", "apply"), {
      optional: true,
      least: 1,
      help: "the whole network, in place of hidden, activation, keep, periodic, textUnits and normalize",
    }),
  ),
  rate: number({
    above: 0,
    optional: true,
    search: searchOf(adam.fields.rate),
    help: "learning rate, in place of the optimizer's own",
    option: { argument: "number", aliases: sameAs("learning-rate", "lr"), elsewhere: sameAs("learning-rate-init") },
  }),
} as const;
