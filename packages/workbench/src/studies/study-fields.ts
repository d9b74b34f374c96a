/** The options of a study: how many trials, how they are chosen and pruned, and what happens to the best. */
import { kindFamilies } from "nabla/all";
import { field, kindReaders, wholeNumber } from "nabla/fields";
import { asha, coarseToFine, pruners, samplers, searchFields } from "nabla/tune";
import { experimentFields } from "../experiment/fields.ts";

const { round, failures, sampler, pruner } = searchFields;
const count = { argument: "count" };

/** The families of kinds that studies have beside those of networks and their training. */
export const searchKinds = { sampler: samplers, pruner: pruners } as const;

/** How kinds that a study's options name are made. */
export const searchFamilies = { ...kindFamilies, ...kindReaders(searchKinds) };

/** Every option of a study except its name and space. */
export const studyFields = {
  trials: wholeNumber({
    atLeast: 1,
    default: 60,
    source: "60 random trials come into the best twentieth with a probability of 95%",
    help: "trials, those of an earlier time included",
    option: count,
  }),
  sampler: field(sampler, {
    default: coarseToFine(),
    source: "the notes",
    help: sampler.help,
    option: { argument: "kind" },
  }),
  pruner: field(pruner, { default: asha(), source: "Li et al. 2020", help: pruner.help, option: { argument: "kind" } }),
  seed: experimentFields.seed,
  round: { ...round, option: count },
  finalists: wholeNumber({
    atLeast: 0,
    default: 3,
    source: "the best of many is partly the luckiest",
    help: "best trials that are trained with all their networks, as the defaults are, and compared on rows not learned",
    option: count,
  }),
  repeats: wholeNumber({
    atLeast: 1,
    default: 1,
    source: "networks on other rows show more than other seeds on the same",
    help: "trainings of each finalist with seeds of their own, by which finalists are ranked before",
    option: count,
  }),
  failures: { ...failures, option: count },
} as const;
