/** Every planted fault: what the doctor is examined with. */
import { inData } from "./in-data.ts";
import { inNetwork } from "./in-network.ts";
import { inTraining } from "./in-training.ts";
import type { Pathology } from "./pathology.ts";

/** Trainings with one planted fault each, small enough for a second or two. */
export const pathologies: readonly Pathology[] = [...inNetwork, ...inTraining, ...inData];
