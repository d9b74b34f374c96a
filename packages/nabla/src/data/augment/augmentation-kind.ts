import type { Described } from "../../base/described.ts";
import { family } from "../../base/family.ts";
import type { Augmentation } from "./augmentation.ts";
import { augmenterFor } from "./augmenter.ts";
import { brokenLabels } from "./breaking.ts";

/** Declares an augmentation. */
export const augmentation = family<Augmentation, Omit<Augmentation, "augmenterFor" | "brokenLabels" | keyof Described>>(
  (body, { kind, options }) => ({ ...body, kind, options, augmenterFor, brokenLabels }),
);
