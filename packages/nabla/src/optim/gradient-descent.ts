import { defaults } from "./defaults.ts";
import { type Optimizer, optimizer } from "./optimizer.ts";

/** Straight down the gradient: w - rate · g. */
export function gradientDescent({ rate = defaults.gradientDescent.rate }: { readonly rate?: number } = {}): Optimizer {
  return optimizer("gradientDescent", { rate }, []);
}
