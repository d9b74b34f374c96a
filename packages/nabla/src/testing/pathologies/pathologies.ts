/** Every planted fault: the test cases of the diagnosis. */
import { inData } from "./in-data.ts";
import { inNetwork } from "./in-network.ts";
import { inTraining } from "./in-training.ts";
import type { Pathology } from "./pathology.ts";

/** Jobs with one planted fault each, small enough for a second or two. */
export const pathologies: readonly Pathology[] = [...inNetwork, ...inTraining, ...inData];
