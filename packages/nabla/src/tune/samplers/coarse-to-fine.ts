/**
 * The notes' search: draw in a box, zoom into the part that did well, draw again, from ever smaller boxes around the best
 * trial so far. All earlier trials count, also those outside the box.
 */
import { inRange } from "../../base/fields.ts";
import { uniform53 } from "../../base/random.ts";
import { boxesFrom, type Stages } from "../boxes.ts";
import { remembered } from "../remembered.ts";
import type { Question, Sampler } from "../sampler.ts";
import { pointOf } from "../space-values.ts";

export interface CoarseToFineOptions {
  /** Trials drawn from one box, rounded up to whole rounds. Default 8. */
  readonly stage?: number;
  /** How wide a box is, measured by the one before. Default 0.7. */
  readonly shrink?: number;
  /** The share of trials that is drawn from the whole space even so. Default 0.1. */
  readonly explore?: number;
}

/** Zooms into the region of the best trials, stage by stage; where they lie at a box's edge, the next box reaches beyond it. */
export function coarseToFine({ stage = 8, shrink = 0.7, explore = 0.1 }: CoarseToFineOptions = {}): Sampler {
  inRange("stage", stage, { atLeast: 1, whole: true });
  inRange("shrink", shrink, { above: 0, atMost: 1 });
  inRange("explore", explore, { atLeast: 0, below: 1 });
  const boxes = remembered(boxesFrom);
  const found = ({ trials, axes, goal, round }: Omit<Question, "key" | "number">): Stages =>
    boxes(trials, axes, goal, Math.ceil(stage / round) * round, shrink);
  return {
    kind: "coarseToFine",
    options: { stage, shrink, explore },
    ask: (question) => {
      const { axes, key } = question;
      const stages = found(question);
      const draws = uniform53(key, axes.length + 1);
      if ((draws[axes.length] ?? 0) < explore) return pointOf(axes, (_, place) => draws[place] ?? 0);
      return pointOf(axes, ({ path }, place) => inBox(stages, path, draws[place] ?? 0));
    },
    shows: (question) => found(question),
  };
}

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
