/** Temperature scaling of a trained network. */
import { type Examples, predict, type StoredExamples, type Trained, takeExamples } from "nabla";
import { fitTemperature } from "nabla/diagnose";

/** One number needs no more rows than these. */
const MOST = 5_000;

/** The temperature fitted on dev, to be stored with the model; nothing for numbers, or without dev rows. */
export async function temperatureFor(
  trained: Trained,
  dev: Examples | StoredExamples,
): Promise<{ readonly temperature?: number }> {
  if (trained.loss.task !== "classification" || dev.targets.dtype !== "int32" || dev.rows === 0) return {};
  const { inputs, targets } = takeExamples(
    dev,
    Uint32Array.from({ length: Math.min(MOST, dev.rows) }, (_, row) => row),
  );
  const { answers } = await predict(trained, inputs);
  return { temperature: fitTemperature(answers, targets.data).temperature };
}
