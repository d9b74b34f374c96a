/**
 * The notes' search: draw in a box, zoom into the part that did well, draw again, from ever smaller boxes around the best
 * trial so far. All earlier trials count, also those outside the box.
 */
import { known } from "../../base/error.ts";
import { number, wholeNumber } from "../../base/field.ts";
import { uniform53 } from "../../base/random.ts";
import { beforeLearning } from "../before-learning.ts";
import { boxesFrom, type Stages } from "../boxes.ts";
import { remembered } from "../remembered.ts";
import { type Question, sampler } from "../sampler.ts";
import { pointOf } from "../space-values.ts";

/** Zooms into the region of the best trials, stage by stage; where they lie at a box's edge, the next box reaches beyond it. */
export const coarseToFine = sampler(
  "coarseToFine",
  {
    stage: wholeNumber({
      atLeast: 1,
      default: 8,
      source: "measured: benchmarks/tuning.md",
      help: "trials drawn from one box, rounded up to whole rounds",
    }),
    shrink: number({
      above: 0,
      atMost: 1,
      default: 0.7,
      source: "measured: benchmarks/tuning.md",
      help: "how wide a box is, measured by the one before",
    }),
    explore: number({
      atLeast: 0,
      below: 1,
      default: 0.1,
      source: "measured: benchmarks/tuning.md",
      help: "the share of trials that is drawn from the whole space even so",
    }),
  },
  ({ stage, shrink, explore }) => {
    const boxes = remembered(boxesFrom);
    const found = ({ trials, axes, goal, round, start }: Omit<Question, "key" | "number">): Stages =>
      boxes(trials, axes, goal, Math.ceil(stage / round) * round, shrink, start);
    return {
      ask: (question) => {
        const { axes, key, start } = question;
        const stages = found(question);
        if (start !== undefined && stages.boxes.length === 1) return beforeLearning(question);
        const draws = uniform53(key, axes.length + 1);
        if (known(draws[axes.length], "a draw") < explore)
          return pointOf(axes, (_, place) => known(draws[place], "a draw"));
        return pointOf(axes, ({ path }, place) => inBox(stages, path, known(draws[place], "a draw")));
      },
      shows: (question) => found(question),
    };
  },
  { help: "the notes' search: random in a box, then zooming into the part that did well" },
);

/** The unit that a draw from [0, 1) gives on an axis. */
function inBox({ boxes, chances }: Stages, path: string, draw: number): number {
  const side = boxes.at(-1)?.sides[path];
  if (side !== undefined) return side.from + draw * (side.to - side.from);
  const shares = chances[path] ?? [];
  let rest = draw;
  for (const [place, share] of shares.entries()) {
    if (rest < share) return (place + rest / share) / shares.length;
    rest -= share;
  }
  return draw;
}
