import type { Json } from "./json.ts";

/** Something worth knowing that stops nothing: a stable `code` for programs, a sentence for people. */
export interface Notice {
  readonly code: string;
  readonly message: string;
  /** The options that mend it, by their names, where some do. */
  readonly remedy?: { readonly [option: string]: Json };
}
