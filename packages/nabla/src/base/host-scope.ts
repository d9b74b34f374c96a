/**
 * What the host has by name in every file, as far as the caller declares it: the package compiles without the types of any
 * host. What only some hosts have is declared as optional.
 */
export function hostScope<Parts extends object>(): Parts {
  return globalThis as unknown as Parts;
}
