/** The options by which commands that train say what the experiment is. */
import type { Command } from "commander";
import { activationFrom, optimizerFrom, SCALINGS, scheduleFrom } from "nabla";
import {
  augments,
  fractions,
  imageShape,
  knownKind,
  names,
  notNegative,
  oneOf,
  positive,
  probability,
  units,
  whole,
} from "./options.ts";

/** What the data is, and how it is divided. */
export function withData(command: Command): Command {
  return command
    .option("--target <column>", "the column to learn")
    .option(
      "--task <task>",
      "classification or regression (default: by the target's values)",
      oneOf("classification", "regression"),
    )
    .option("--split <shares>", "train/dev/test, such as 60/20/20 (default: by the number of rows)", fractions)
    .option("--group <column>", "rows of one value stay in one part, such as those of a patient")
    .option("--time-column <column>", "train lies before dev, and dev before test")
    .option("--mix-by <column>", "each source that the column names has the same share of every part")
    .option("--feed-split-columns", "the column that divides the rows is an input too")
    .option("--ignore <columns>", "columns that are no inputs, such as id,paid", names)
    .option("--image <size>", "what images are brought to, such as 28x28x1 (height x width x channels)", imageShape)
    .option("--scaling <kind>", "how numbers are scaled: standardize, minMax or robust", oneOf(...SCALINGS));
}

/** The network and how it is trained. */
export function withTraining(command: Command): Command {
  return command
    .option("--hidden <units>", 'units of the hidden layers, such as 64,32, or "none"', units)
    .option("--activation <kind>", "relu, leakyRelu, elu, gelu, sigmoid or tanh", knownKind(activationFrom))
    .option("--keep <probability>", "dropout: the probability of keeping a hidden unit", probability)
    .option(
      "--optimizer <kind>",
      "gradientDescent, momentum, rmsprop, adam, adamW, nadam, amsgrad, adamax, adagrad, adadelta, lion or lamb",
      knownKind(optimizerFrom),
    )
    .option("--rate <number>", "the learning rate", positive)
    .option(
      "--schedule <kind>",
      "constant, cosine, oneCycle, warmRestarts, cyclic, onPlateau, exponential, inverseTime, squareRoot or staircase",
      knownKind(scheduleFrom),
    )
    .option("--penalty <strength>", "an L2 penalty on large weights", notNegative)
    .option("--batch <rows>", "rows in a step", whole(1))
    .option("--epochs <count>", "passes over the training part, at most", whole(1))
    .option("--patience <epochs>", "epochs without a better dev error that end a training", whole(1))
    .option("--augment <kinds>", "random changes of training rows, such as shift,rotate or noise", augments);
}
