/** What to try after a run, as every command prints it. */
import type { RecipeStep } from "../store/run.ts";
import { shellWords } from "../text/shell-words.ts";
import type { Fact } from "./facts.ts";

/** Things to try that a summary names; the others are for those who want to know. */
const FIRST = 3;

/** Each thing to try with the options that do it and the reason, which is not repeated where the next has the same. */
export function recipeFacts(recipe: readonly RecipeStep[]): readonly Fact[] {
  return recipe.map(({ description, because, options }, i) => {
    const words = shellWords(options);
    const does = description.includes(words) ? "" : `: ${words}`;
    const reason = because === recipe[i - 1]?.because ? "" : `\n   because ${because}`;
    return [i === 0 ? "Try" : "", `${i + 1}. ${description}${does}${reason}`];
  });
}

/** The first things to try, and the command that shows the others. */
export function firstRecipeFacts(recipe: readonly RecipeStep[], run: string): readonly Fact[] {
  const more = recipe.length - FIRST;
  if (more < 2) return recipeFacts(recipe);
  return [...recipeFacts(recipe.slice(0, FIRST)), ["", `${more} more: nabla diagnose ${run}`]];
}
