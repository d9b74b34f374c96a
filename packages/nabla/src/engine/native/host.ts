/** The host API needed to call a native library. Declared here, so that the package compiles without Node's types. */

interface HostProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  getBuiltinModule?(name: string): unknown;
}

/** Node's module `module`, as far as it is used. */
interface HostModules {
  createRequire(url: string): (name: string) => unknown;
}

/** A loaded library: functions by their C prototypes. */
export interface NativeLibrary {
  func(prototype: string): (...values: readonly number[]) => unknown;
}

/** The foreign function interface `koffi`, as far as it is used. */
export interface ForeignFunctions {
  load(path: string): NativeLibrary;
  address(view: ArrayBufferView): number | bigint;
}

declare const process: HostProcess | undefined;

/** The process that runs this, or undefined in a browser. */
export function hostProcess(): HostProcess | undefined {
  return typeof process === "object" ? process : undefined;
}

/** Loads `koffi`, or returns undefined where it is not installed or has no build for this host. */
export function foreignFunctions(): ForeignFunctions | undefined {
  // Asked of Node alone: bundlers would resolve an import, of a package that is optional and never runs in a browser.
  const modules = hostProcess()?.getBuiltinModule?.("node:module") as HostModules | undefined;
  const { url } = import.meta as unknown as { readonly url: string };
  try {
    return modules?.createRequire(url)("koffi") as ForeignFunctions | undefined;
  } catch {
    return undefined;
  }
}
