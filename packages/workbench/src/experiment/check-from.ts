import { NablaError } from "nabla";
import type { Experiment } from "./fields.ts";

const INPUTS = ["scaling", "levels", "textPieces", "encoder"] as const;
const NETWORK = ["layers", "hidden", "activation", "keep", "periodic", "textUnits", "normalize"] as const;

/** Throws `experiment/both` where an experiment that begins from a model describes another network, or other inputs of it. */
export function checkFrom(experiment: Experiment): void {
  const { from, freeze, timeColumn } = experiment;
  const said = [...NETWORK, ...INPUTS].find((name) => experiment[name] !== undefined);
  if (from === undefined) {
    if (freeze === undefined || freeze.length === 0) return;
    const message = "freeze keeps layers of a model that was trained before, and the network is a new one";
    throw new NablaError("experiment/both", message, "name the model with --from, or leave --freeze out");
  }
  if (timeColumn !== undefined) {
    const message = "a model to begin from is none of forecasts, and --time-column makes rows into them";
    throw new NablaError("experiment/both", message, "leave out one of --from and --time-column");
  }
  if (said === undefined) return;
  const what = INPUTS.some((name) => name === said) ? "how inputs are prepared" : "the network";
  const message = `the model of --from says ${what}, and ${said} says otherwise`;
  throw new NablaError("experiment/both", message, `leave out from or ${said}`);
}
