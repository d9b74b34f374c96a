/** How well each of several targets is done, as if each had been learned alone. */
import {
  compact,
  type Examples,
  evaluate,
  type Measures,
  rowResults,
  type SoleModel,
  soleModels,
  type TrainingSummary,
  targetShares,
  targetUnit,
} from "nabla";
import { diagnose } from "nabla/diagnose";
import type { TargetOutcome, TargetScore } from "../text/targets.ts";
import { baselineInUnit } from "./baseline.ts";
import type { PreparedModel } from "./own-unit.ts";
import { isConstant, scoreOf } from "./score.ts";

/** Each of several targets on some examples; `train` gives the constant answers that it is compared with. Empty for one target. */
export async function targetScores(
  model: PreparedModel,
  examples: Examples,
  { train, measured }: { readonly train: Examples; readonly measured?: Measures["targets"] | undefined },
): Promise<readonly TargetScore[]> {
  return await Promise.all(
    severalOf(model).map(async (sole) => {
      const own = sole.examples(examples);
      const measures = measured?.[sole.name] ?? (await evaluate(sole.trained, own));
      const score = await scoreOf({ ...measures, rows: own.rows }, sole, own);
      const { kind } = sole.target;
      return compact({
        ...{ name: sole.name, kind },
        error: kind === "number" && isConstant(own) ? Number.NaN : score.error,
        rmse: score.rmse,
        unit: kind === "number" ? targetUnit(sole) : undefined,
        baseline: baselineInUnit(sole, sole.examples(train), own),
      });
    }),
  );
}

/** The targets of a model one by one; none where there is one that is no labels. */
function severalOf({ trained, preparation }: PreparedModel): readonly SoleModel[] {
  return trained.loss.heads === undefined ? [] : soleModels(trained, preparation);
}

interface Learned {
  readonly train: Examples;
  readonly dev: Examples;
  readonly summary: Pick<TrainingSummary, "train" | "dev">;
}

/** What a training came to for each of several targets, with a verdict of its own. */
export async function targetOutcomes(
  model: PreparedModel,
  { train, dev, summary }: Learned,
): Promise<readonly TargetOutcome[]> {
  const onTrain = await targetScores(model, train, { train, measured: summary.train?.targets });
  const onDev = await targetScores(model, dev, { train, measured: summary.dev?.targets });
  const shares = targetShares(model.trained);
  return await Promise.all(
    severalOf(model).map(async (sole, i): Promise<TargetOutcome> => {
      const seen = {
        train: await rowResults(sole.trained, sole.examples(train)),
        dev: await rowResults(sole.trained, sole.examples(dev)),
      };
      const [own, other] = [onTrain[i], onDev[i]];
      if (own === undefined) throw new Error("internal: a target was not measured");
      const errors = { train: own.error, dev: other?.error ?? own.error };
      const { verdict, summary: sentence } = diagnose(errors, compact({ baseline: own.baseline, rowResults: seen }));
      return compact({ train: own, dev: other, share: shares?.[i], verdict, summary: sentence });
    }),
  );
}
