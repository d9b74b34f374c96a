import { NablaError } from "../base/error.ts";

/**
 * A name of TensorFlow's in Python, and what it is here. To a type checker it is a text, which cannot be called; called in plain
 * JavaScript it throws `tf1/name`.
 */
export function renamed<const N extends string>(python: string, now: N): N {
  return function call() {
    throw new NablaError("tf1/name", `${python} is TensorFlow's name in Python`, `here it is ${now}`);
  } as unknown as N;
}
