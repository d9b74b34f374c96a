/** What a record, a worker or a file can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
