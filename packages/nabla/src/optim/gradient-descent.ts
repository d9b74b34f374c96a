import { optimizer, rate } from "./optimizer.ts";

/** Straight down the gradient: w - rate · g. */
export const gradientDescent = optimizer("gradientDescent", { rate: rate(0.01, "Keras, TensorFlow") }, () => [], {
  help: "w - rate · gradient",
  elsewhere: ["sgd", "gd"],
});
