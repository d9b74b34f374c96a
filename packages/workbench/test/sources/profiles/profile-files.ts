import { exported } from "./exported.ts";
import { measured } from "./measured.ts";
import { people } from "./people.ts";
import type { ProfileFile } from "./profile-file.ts";
import { trade } from "./trade.ts";

/** Forty files modeled on well-known public ones, drawn from seeds. */
export const profileFiles: readonly ProfileFile[] = [...people, ...trade, ...measured, ...exported];
