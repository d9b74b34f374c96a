import type { DType } from "../../array/dtype.ts";
import { type ArrayData, allocate, type NdArray } from "../../array/ndarray.ts";
import { elementsOf, sizeOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { initialOf } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { KnownGraph, Memory, Step } from "../contract.ts";
import type { Explanation } from "../explanation.ts";
import { BYTES, type Kernel, type Lowered, WIDE_BYTES } from "../loop.ts";
import type { BlasProduct, BlasSearch } from "../native/blas.ts";
import { delegated } from "../native/delegation.ts";
import { assign, bytesByRole, bytesOf } from "../plan/addresses.ts";
import { Arena } from "../plan/arena.ts";
import type { BufferSpec, LoweredProgram } from "../plan/lowered-program.ts";
import { statesOf } from "../plan/signature.ts";
import type { ThreadPool } from "../threads/thread-pool.ts";
import { compileBytes, compileBytesNow } from "./compile.ts";
import type { CompileCache, Prepared } from "./compile-cache.ts";
import type { CompiledModule, MachineMemory } from "./host.ts";
import { createMemory, instantiate, type Machine, reserve } from "./machine.ts";
import { type Delegated, memoryBytes, planAll, printModule, printStages, scratchBytes } from "./print.ts";
import { bindStages } from "./shared-machine.ts";
import { isProfitable, type Stage, stagesOf } from "./stages.ts";

/** What the memories of an engine have in common. */
export interface MemoryOptions {
  readonly cache: CompileCache;
  readonly findBlas: () => Promise<BlasSearch>;
  /** The threads that may help; undefined where there is but one. */
  readonly pool: ThreadPool | undefined;
  /** Nanoseconds of work that are worth a thread's while. */
  readonly grain: number;
}

/** So many times as much work for threads makes a program worth moving: those before it are compiled anew for shared memory. */
const WORTH_MOVING = 20;

type EngineArray = Float32Array | Float64Array | Int32Array;

/** What a native library does of a program: the blocks of each call. */
interface Delegation {
  readonly calls: readonly (readonly BlasProduct[])[];
  readonly numbers: Delegated;
  readonly library: string | null;
}

/** All that a step is printed and bound from. */
interface Blueprint {
  readonly lowered: Lowered;
  readonly delegation: Delegation;
  readonly stages: readonly Stage[];
  readonly scratch: number;
}

/** Where a value lies in engine memory; the view follows when the memory grows. */
interface Spot {
  readonly address: number;
  readonly elements: number;
  readonly dtype: DType;
  view: EngineArray;
}

/** What a thread takes before it has done anything, in Node 24: its heap, its modules and what they are compiled to. */
const THREAD_BYTES = 27 * 2 ** 20;

/** Memory that several steps use, until the last of them is released. */
interface SharedPiece {
  readonly address: number;
  readonly bytes: number;
  users: number;
}

/** One WebAssembly memory: states stay, inputs go with their step, scratch is shared by all programs, since they run in turn. */
export class WasmMemory implements Memory {
  readonly #options: MemoryOptions;
  /** Becomes a shared one with the first program that threads are to work on. */
  #memory: MachineMemory = createMemory();
  #isShared = false;
  /**
   * The host's garbage collector does not count shared memory, and would let dropped programs pile up. This memory of
   * the same size is never touched, so it takes no room, but it is counted.
   */
  #ballast: MachineMemory | undefined;
  readonly #states = new Map<Tensor, Spot>();
  readonly #constants = new Map<NdArray, SharedPiece>();
  readonly #space = new Arena();
  /** Whether all elements are float64, and the bytes of each. */
  readonly #isWide: boolean;
  readonly #elementBytes: number;
  #multiply: ((product: BlasProduct) => void) | undefined;
  #scratch: SharedPiece = { address: 0, bytes: 0, users: 0 };

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.#isWide = options.cache.wide;
    this.#elementBytes = this.#isWide ? WIDE_BYTES : BYTES;
  }

  hold(state: Tensor): void {
    if (this.#states.has(state)) return;
    const elements = elementsOf(sizeOf(state.shape));
    const address = this.#take(bytesOf(elements, this.#elementBytes));
    this.#states.set(state, this.#spot(address, elements, state.dtype));
    this.write(state, initialOf(state));
  }

  async read(state: Tensor, into?: NdArray): Promise<NdArray> {
    return this.#copy(known(this.#states.get(state), "state"), state, into);
  }

  write(state: Tensor, value: NdArray): void {
    this.#fresh(known(this.#states.get(state), "state")).set(value.data);
  }

  async measure(graph: KnownGraph): Promise<Explanation["bytes"]> {
    const prepared = this.#options.cache.prepare(graph);
    const { program, kernels } = prepared.plan;
    // addresses of their own for what stays, as when it is loaded
    const { buffers, scratchBytes: bytes } = assign(
      program,
      kernels,
      0,
      (buffer) => bytesOf(1) * buffer,
      this.#elementBytes,
    );
    const rough = { buffers, kernels, bytes, wide: this.#isWide };
    const cut = this.#cut(prepared, rough, await this.#delegate(rough));
    const { bytes: scratch, threads } = this.#needs(rough, cut);
    return bytesByRole(program, this.#elementBytes, { scratch, threads });
  }

  /** Scratch of a program: what each thread has for itself, and all of it; and what its other threads take besides. */
  #needs(rough: Lowered, cut: readonly Stage[] | undefined) {
    const each = cut === undefined ? 0 : bytesOf(scratchBytes(rough) / 4);
    const others = cut === undefined ? 0 : (this.#options.pool?.threads ?? 1) - 1;
    return { each, bytes: memoryBytes(rough) + each * others, threads: others * THREAD_BYTES };
  }

  async load(graph: KnownGraph): Promise<Step> {
    const prepared = this.#options.cache.prepare(graph);
    const { program, kernels, inPlace } = prepared.plan;
    const states = statesOf(graph);
    const held: (() => void)[] = [];
    const kept = program.bufferSpecs.map((spec) => (spec.role === "scratch" ? 0 : this.#keep(spec, states, held)));
    const layout = (scratchAt: number): Lowered => {
      const { buffers, scratchBytes } = assign(
        program,
        kernels,
        scratchAt,
        (buffer) => kept[buffer] ?? 0,
        this.#elementBytes,
      );
      return { buffers, kernels, bytes: scratchAt + scratchBytes, wide: this.#isWide };
    };
    const rough = layout(0);
    const delegation = await this.#delegate(rough);
    const stages = this.#cut(prepared, rough, delegation);
    const moves = !this.#isShared && this.#scratch.users > 0;
    const worth = { grain: (moves ? WORTH_MOVING : 1) * this.#options.grain };
    const cut = stages !== undefined && isProfitable(stages, worth) ? stages : undefined;
    const serial: Stage = { kind: "serial", kernels };
    const { each: scratch, bytes: needed, threads } = this.#needs(rough, cut);
    if (cut !== undefined) this.#share();
    const lowered = layout(this.#takeScratch(needed, held));
    const { numbers, library } = delegation;
    const blueprint = {
      lowered,
      delegation: await this.#delegate(lowered),
      stages: cut ?? [serial],
      scratch,
    };
    const printedFor = this.#memory;
    const key = [this.#isShared, cut !== undefined, lowered.bytes, numbers.size, ...kept].join();
    const module = await prepared.module(key, () => this.#compile(blueprint));
    const explain = (): Explanation => ({
      engine: this.#isWide ? "wasm64" : "wasm",
      opsBefore: program.nodesBefore,
      opsAfter: program.nodesAfter,
      kernels: kernels.map((kernel) => ({
        label: kernel.label,
        by: numbers.has(kernel) ? (library ?? "") : "WebAssembly",
      })),
      inPlace,
      bytes: bytesByRole(program, this.#elementBytes, { scratch: needed, threads }),
    });
    const release = (): void => {
      for (const give of held.splice(0)) give();
    };
    return {
      ...this.#step(graph, program, lowered),
      run: this.#runner(blueprint, { module, printedFor }),
      explain,
      release,
    };
  }

  /** Runs a step on this memory, whichever it has become, also while the step was compiled. */
  #runner(
    blueprint: Blueprint,
    { module, printedFor }: { readonly module: CompiledModule; readonly printedFor: MachineMemory },
  ): Step["run"] {
    let memory = this.#memory;
    let machine = this.#bind(blueprint, memory === printedFor ? module : this.#compileNow(blueprint));
    return () => {
      if (memory !== this.#memory) {
        memory = this.#memory;
        machine = this.#bind(blueprint, this.#compileNow(blueprint));
      }
      machine.run();
      return undefined;
    };
  }

  #compile(blueprint: Blueprint): Promise<CompiledModule> {
    return compileBytes(this.#print(blueprint), this.#options.cache.features);
  }

  #compileNow(blueprint: Blueprint): CompiledModule {
    return compileBytesNow(this.#print(blueprint), this.#options.cache.features);
  }

  #print(blueprint: Blueprint): Uint8Array<ArrayBuffer> {
    const { lowered, delegation, stages } = blueprint;
    const { numbers } = delegation;
    const { features } = this.#options.cache;
    return this.#isShared
      ? printStages(lowered, features, { delegated: numbers, stages })
      : printModule(lowered, features, numbers);
  }

  #bind({ lowered, delegation, stages, scratch }: Blueprint, module: CompiledModule): Machine {
    const { calls, library } = delegation;
    const { pool } = this.#options;
    const memory = this.#memory;
    const multiply = this.#multiply ?? (() => undefined);
    if (this.#isShared && pool !== undefined)
      return bindStages({ module, memory, stages, scratch, calls, multiply, library, pool });
    return instantiate(module, lowered, memory, (call) => calls[call]?.forEach(multiply));
  }

  /** The stages of a program that is worth threads. */
  #cut(prepared: Prepared, lowered: Lowered, { calls, numbers }: Delegation): readonly Stage[] | undefined {
    const { pool, grain, cache } = this.#options;
    if (pool === undefined) return undefined;
    const parts = (call: number) => ({ call, parts: calls[call]?.length ?? 1 });
    const stages = prepared.stages(() =>
      stagesOf(lowered, {
        plans: planAll(lowered, cache.features),
        delegated: new Map([...numbers].map(([kernel, call]) => [kernel, parts(call)])),
        grain,
        features: cache.features,
      }),
    );
    return isProfitable(stages, { grain }) ? stages : undefined;
  }

  /** Moves into memory that threads can share. Other steps notice when they run next. */
  #share(): void {
    if (this.#isShared) return;
    const before = new Uint8Array(this.#memory.buffer);
    this.#memory = createMemory(before.length, { shared: true });
    new Uint8Array(this.#memory.buffer).set(before);
    this.#ballast = createMemory(before.length);
    this.#isShared = true;
  }

  /** The products that a native BLAS does, by number. */
  async #delegate(lowered: Lowered): Promise<Delegation> {
    const calls: (readonly BlasProduct[])[] = [];
    let library: string | null = null;
    const numbers = new Map<Kernel, number>();
    for (const kernel of lowered.kernels) {
      const products = kernel.kind === "matmul" ? delegated(kernel, lowered.buffers) : undefined;
      if (products === undefined) continue;
      const { blas } = await this.#options.findBlas();
      if (blas === undefined) break;
      const memory = () => this.#memory;
      this.#multiply ??= blas.on({
        get buffer() {
          return memory().buffer;
        },
      });
      library = blas.library;
      numbers.set(kernel, calls.length);
      calls.push(products);
    }
    return { calls, numbers, library };
  }

  #step(graph: KnownGraph, program: LoweredProgram, lowered: Lowered): Omit<Step, "run" | "explain" | "release"> {
    const spot = (buffer: number): Spot => {
      const { address, elements, dtype } = known(lowered.buffers[buffer], "buffer");
      return this.#spot(address, elements, dtype);
    };
    // Inputs have the first numbers, in their order.
    const inputs = graph.inputs.map((_, i) => spot(i));
    const outputs = program.outputs.map(spot);
    return {
      feed: (input, data) => {
        const view = this.#fresh(known(inputs[input], "input"));
        if (typeof data === "number") view[0] = data;
        else if (!isSame(view, data)) view.set(data);
      },
      inputBuffer: (input) => {
        const place = known(inputs[input], "input");
        return place.dtype === "bool" || this.#isWide
          ? undefined
          : { dtype: place.dtype, shape: sizeOf(known(graph.inputs[input], "input").shape), data: this.#fresh(place) };
      },
      fetch: async (output) => this.#copy(known(outputs[output], "output"), known(graph.outputs[output], "output")),
    };
  }

  /** The address of what stays: a state, a constant (written now), an input; `held` takes what gives it back. */
  #keep({ role, dtype, elements, state, value }: BufferSpec, states: readonly Tensor[], held: (() => void)[]): number {
    if (role === "state") return known(this.#states.get(known(states[state ?? -1], "state")), "state").address;
    const bytes = bytesOf(elements, this.#elementBytes);
    if (value === undefined) {
      const address = this.#take(bytes);
      held.push(() => this.#space.give(address, bytes));
      return address;
    }
    const constant = this.#constants.get(value) ?? { address: this.#take(bytes), bytes, users: 0 };
    this.#constants.set(value, constant);
    this.#use(constant, held, () => this.#constants.delete(value));
    this.#spot(constant.address, elements, dtype).view.set(value.data);
    return constant.address;
  }

  /** Room for scratch: the shared stretch, or a larger one in its place. */
  #takeScratch(bytes: number, held: (() => void)[]): number {
    if (bytes > this.#scratch.bytes) {
      const outgrown = this.#scratch;
      if (outgrown.users === 0) this.#space.give(outgrown.address, outgrown.bytes);
      const whole = bytesOf(bytes / 4);
      this.#scratch = { address: this.#take(whole), bytes: whole, users: 0 };
    }
    const scratch = this.#scratch;
    this.#use(scratch, held);
    return scratch.address;
  }

  /** One more step uses a piece. The last one gives it back, unless steps to come will use it as scratch. */
  #use(piece: SharedPiece, held: (() => void)[], forget: () => void = () => undefined): void {
    piece.users++;
    held.push(() => {
      piece.users--;
      if (piece.users > 0 || piece === this.#scratch) return;
      this.#space.give(piece.address, piece.bytes);
      forget();
    });
  }

  #take(bytes: number): number {
    const address = this.#space.take(bytes);
    try {
      reserve(this.#memory, this.#space.bytes);
      if (this.#ballast !== undefined) reserve(this.#ballast, this.#space.bytes);
    } catch (error) {
      this.#space.undo(address, bytes);
      throw error;
    }
    return address;
  }

  #spot(address: number, elements: number, dtype: DType): Spot {
    return { address, elements, dtype, view: this.#viewOf({ address, elements, dtype }) };
  }

  #viewOf({ address, elements, dtype }: Omit<Spot, "view">): EngineArray {
    const { buffer } = this.#memory;
    if (this.#isWide) return new Float64Array(buffer, address, elements);
    return dtype === "float32"
      ? new Float32Array(buffer, address, elements)
      : new Int32Array(buffer, address, elements);
  }

  #fresh(spot: Spot): EngineArray {
    if (spot.view.buffer !== this.#memory.buffer) spot.view = this.#viewOf(spot);
    return spot.view;
  }

  #copy(spot: Spot, like: Tensor, into?: NdArray): NdArray {
    const dtype = this.#isWide && like.dtype === "float32" ? "float64" : like.dtype;
    if (into?.dtype === dtype && into.data.length === spot.elements) {
      into.data.set(this.#fresh(spot));
      return into;
    }
    const data: ArrayData = allocate(dtype, spot.elements);
    data.set(this.#fresh(spot));
    return { dtype, shape: sizeOf(like.shape), data };
  }
}

function isSame(view: EngineArray, data: ArrayLike<number>): boolean {
  return ArrayBuffer.isView(data) && data.buffer === view.buffer && data.byteOffset === view.byteOffset;
}
