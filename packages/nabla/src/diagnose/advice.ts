/** What helps against what, in the order of trying. */

/** A thing to try; plain data. */
export interface Advice {
  readonly code: string;
  /** What in the numbers speaks for it. */
  readonly because: string;
  /** What to do. */
  readonly try: string;
}

/** Against high bias: the network does not even learn what it is shown. */
export function againstBias(because: string): readonly Advice[] {
  return [
    { code: "bias/bigger", because, try: "a bigger network: more units in each hidden layer, or another layer" },
    { code: "bias/longer", because, try: "more epochs" },
    {
      code: "bias/optimizer",
      because,
      try: "another optimizer or learning rate: adam, and rates three times higher and lower",
    },
    { code: "bias/model", because, try: "another architecture that suits the data" },
  ];
}

/** Against high variance: the network learns what it is shown but not what is common to it. */
export function againstVariance(because: string): readonly Advice[] {
  return [
    { code: "variance/data", because, try: "more training data" },
    { code: "variance/regularize", because, try: "regularization: an L2 penalty, dropout, or early stopping" },
    { code: "variance/model", because, try: "another architecture that suits the data" },
  ];
}

/** When the cost exploded. */
export const againstDivergence: Advice = {
  code: "rate/high",
  because: "the cost diverged: the steps are too large",
  try: "a lower learning rate",
};

/** When the parts are too small to decide. */
export function againstDoubt(because: string): readonly Advice[] {
  return [
    {
      code: "doubt/rows",
      because,
      try: "more rows, or a larger dev part of these (split 50/30/20), before changing the network",
    },
  ];
}
