import { invariant } from "../../base/error.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { Bytes } from "./bytes.ts";
import { TYPE_CODES } from "./opcodes.ts";
import type { Callable, TypeName } from "./tokens.ts";

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const FUNCTION_TYPE = 0x60;
const SECTION = { custom: 0, type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
/** The name of the custom section of modules that are compiled with the host's revectorizer. */
const REVECTORIZED = "nabla.revectorized";

/** The most pages of 64 KiB that a memory may grow to. */
export const MOST_PAGES = 65536;
/** The imported number `nabla.scratch` of modules on shared memory: the address of a thread's own scratch. */
export const SCRATCH = 0;

/** Collects functions into a module that imports one memory as `nabla.memory`, and functions of the host. */
export class ModuleBuilder {
  readonly #types: string[] = [];
  readonly #typeBytes: Bytes[] = [];
  readonly #functions: { readonly type: number; readonly builder: FunctionBuilder }[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];
  readonly #imports: { readonly name: string; readonly type: number }[] = [];

  /**
   * Imports `nabla.name` from the host, a function of the builder's parameters. Imports come before all other
   * functions.
   */
  import(name: string, builder: FunctionBuilder): Callable<undefined>;
  import<Result extends TypeName>(name: string, builder: FunctionBuilder, result: Result): Callable<Result>;
  import(name: string, builder: FunctionBuilder, result?: TypeName): Callable {
    if (result !== undefined) builder.returns(result);
    invariant(this.#functions.length === 0, "imports come first");
    this.#imports.push({ name, type: this.#type(builder) });
    return { index: this.#imports.length - 1, result };
  }

  /** Adds a function whose parameters are declared; its body may still be written until `encode`. */
  add(builder: FunctionBuilder): Callable<undefined>;
  add<Result extends TypeName>(builder: FunctionBuilder, result: Result): Callable<Result>;
  add(builder: FunctionBuilder, result?: TypeName): Callable {
    if (result !== undefined) builder.returns(result);
    this.#functions.push({ type: this.#type(builder), builder });
    return { index: this.#imports.length + this.#functions.length - 1, result };
  }

  export(name: string, target: Callable): void {
    this.#exports.push({ name, index: target.index });
  }

  /**
   * The module as bytes. `pages`: the least size of the memory, in pages of 64 KiB; `shared`: whether threads share it;
   * `revectorized`: whether the host's revectorizer is to compile it, which hosts that keep compiled bytes must tell apart.
   */
  encode({
    pages = 0,
    shared = false,
    revectorized = false,
  }: {
    readonly pages?: number;
    readonly shared?: boolean;
    readonly revectorized?: boolean;
  } = {}) {
    const module = new Bytes(4096);
    for (const byte of MAGIC) module.push(byte);
    this.#section(module, SECTION.type, this.#typeBytes.length, (bytes) => {
      for (const type of this.#typeBytes) bytes.append(type);
    });
    this.#section(module, SECTION.import, (shared ? 2 : 1) + this.#imports.length, (bytes) => {
      bytes.text("nabla");
      bytes.text("memory");
      bytes.push(2);
      bytes.push(shared ? 3 : 0);
      bytes.unsigned(pages);
      if (shared) {
        bytes.unsigned(MOST_PAGES);
        bytes.text("nabla");
        bytes.text("scratch");
        bytes.push(3);
        bytes.push(TYPE_CODES.i32);
        bytes.push(0);
      }
      for (const { name, type } of this.#imports) {
        bytes.text("nabla");
        bytes.text(name);
        bytes.push(0);
        bytes.unsigned(type);
      }
    });
    this.#section(module, SECTION.function, this.#functions.length, (bytes) => {
      for (const { type } of this.#functions) bytes.unsigned(type);
    });
    this.#section(module, SECTION.export, this.#exports.length, (bytes) => {
      for (const { name, index } of this.#exports) {
        bytes.text(name);
        bytes.push(0);
        bytes.unsigned(index);
      }
    });
    this.#section(module, SECTION.code, this.#functions.length, (bytes) => {
      for (const { builder } of this.#functions) builder.encode(bytes);
    });
    if (revectorized) {
      const note = new Bytes(32);
      note.text(REVECTORIZED);
      module.push(SECTION.custom);
      module.unsigned(note.length);
      module.append(note);
    }
    return module.toArray();
  }

  #type(builder: FunctionBuilder): number {
    const key = `${builder.parameters.join()}:${builder.result}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const bytes = new Bytes(16);
    bytes.push(FUNCTION_TYPE);
    bytes.unsigned(builder.parameters.length);
    for (const type of builder.parameters) bytes.push(TYPE_CODES[type]);
    bytes.unsigned(builder.result === undefined ? 0 : 1);
    if (builder.result !== undefined) bytes.push(TYPE_CODES[builder.result]);
    this.#types.push(key);
    this.#typeBytes.push(bytes);
    return this.#types.length - 1;
  }

  #section(module: Bytes, id: number, count: number, write: (bytes: Bytes) => void): void {
    const bytes = new Bytes(1024);
    bytes.unsigned(count);
    write(bytes);
    module.push(id);
    module.unsigned(bytes.length);
    module.append(bytes);
  }
}
