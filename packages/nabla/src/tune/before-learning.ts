/** What samplers that learn try before they have something to learn from. */
import type { Question } from "./sampler.ts";
import { random } from "./samplers/random.ts";
import type { Units } from "./space.ts";
import { nearStart } from "./start.ts";

/** How far from the start the first round lies, in units, and how much farther each round after it. */
const REACH = { first: 0.1, more: 0.1 } as const;
/** Drawn from the whole space even so, since the start may lie in the wrong place. */
const EXPLORED = 8;

const anywhere = random();

/** A point near the start of the search, at first very near; where there is no start, one drawn at random. */
export function beforeLearning(question: Question): Units {
  const { start, number, round } = question;
  if (start === undefined || number % EXPLORED === EXPLORED - 1) return anywhere.ask(question);
  return nearStart(question, start, REACH.first + REACH.more * Math.floor(number / round));
}
