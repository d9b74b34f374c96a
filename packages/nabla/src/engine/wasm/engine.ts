import type { DType } from "../../array/dtype.ts";
import { type ArrayData, allocate, type NdArray } from "../../array/ndarray.ts";
import { elementsOf, sizeOf } from "../../array/shape.ts";
import { known } from "../../base/error.ts";
import { initialOf } from "../../graph/leaf.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Engine, KnownGraph, Memory, Step } from "../contract.ts";
import type { Explanation } from "../explanation.ts";
import type { Kernel, Lowered } from "../loop.ts";
import { type BlasSearch, findBlas, type Product } from "../native/blas.ts";
import { delegated } from "../native/delegation.ts";
import { assign, bytesOf } from "../plan/addresses.ts";
import type { Draft, Room } from "../plan/lower.ts";
import { statesOf } from "../plan/signature.ts";
import { detectFeatures, type Features } from "./features.ts";
import type { MachineMemory } from "./host.ts";
import { compileModule, createMemory, instantiate, reserve } from "./machine.ts";
import { type Delegated, memoryBytes } from "./print.ts";
import { Workshop } from "./workshop.ts";

/** What an engine may use. */
export interface WasmOptions extends Partial<Features> {
  /** False keeps all products in WebAssembly. Default: a native BLAS takes large ones, where there is one. */
  readonly blas?: boolean;
}

/** The engine as it would be on a host with fewer features, for tests and comparisons. */
export function wasmWith({ blas = true, ...features }: WasmOptions = {}): Engine {
  let search: Promise<BlasSearch> | undefined;
  const find = (): Promise<BlasSearch> => {
    search ??= findBlas();
    return search;
  };
  const none = async (): Promise<BlasSearch> => ({ blas: undefined, missing: "not asked for" });
  let workshop: Workshop | undefined;
  const open = (): Memory => {
    workshop ??= new Workshop({ ...detectFeatures(), ...features });
    return new WasmMemory(workshop, blas ? find : none);
  };
  return { name: "wasm", wide: false, open };
}

/** The default engine: whole programs as WebAssembly, in float32. */
export const wasm: Engine = wasmWith();

type EngineArray = Float32Array | Int32Array;

/** What the host does of a program. */
interface Delegation {
  readonly calls: readonly (() => void)[];
  readonly numbers: Delegated;
  readonly library: string;
}

/** Where a value lies in engine memory; the view follows when the memory grows. */
interface Spot {
  readonly address: number;
  readonly elements: number;
  readonly dtype: DType;
  view: EngineArray;
}

/** One WebAssembly memory: states first come first served, scratch shared by all programs on it, since they run in turn. */
class WasmMemory implements Memory {
  readonly #workshop: Workshop;
  readonly #findBlas: () => Promise<BlasSearch>;
  readonly #memory: MachineMemory = createMemory();
  readonly #states = new Map<Tensor, Spot>();
  readonly #constants = new Map<NdArray, number>();
  #multiply: ((product: Product) => void) | undefined;
  #end = 0;
  #arena = { address: 0, bytes: 0 };

  constructor(workshop: Workshop, findBlas: () => Promise<BlasSearch>) {
    this.#workshop = workshop;
    this.#findBlas = findBlas;
  }

  hold(state: Tensor): void {
    if (this.#states.has(state)) return;
    const elements = elementsOf(sizeOf(state.shape));
    const address = this.#take(bytesOf(elements));
    this.#states.set(state, this.#spot(address, elements, state.dtype));
    this.write(state, initialOf(state));
  }

  read(state: Tensor): NdArray {
    return this.#copy(known(this.#states.get(state), "state"), state);
  }

  write(state: Tensor, value: NdArray): void {
    this.#fresh(known(this.#states.get(state), "state")).set(value.data);
  }

  async load(graph: KnownGraph): Promise<Step> {
    const prepared = this.#workshop.prepare(graph);
    const { draft, kernels, inPlace } = prepared;
    const states = statesOf(graph);
    const kept = draft.rooms.map((room) => (room.role === "scratch" ? 0 : this.#keep(room, states)));
    const layout = (scratchAt: number): Lowered => {
      const { buffers, scratchBytes } = assign(draft, kernels, scratchAt, (buffer) => kept[buffer] ?? 0);
      return { buffers, kernels, bytes: scratchAt + scratchBytes };
    };
    const needed = memoryBytes(layout(0));
    const lowered = layout(this.#scratch(needed));
    const { calls, numbers, library } = await this.#delegate(lowered);
    const key = [lowered.bytes, numbers.size, ...kept].join();
    const module = await prepared.module(key, () => compileModule(lowered, this.#workshop.features, numbers));
    const machine = instantiate(module, lowered, this.#memory, (call) => calls[call]?.());
    const explain = (): Explanation => ({
      engine: "wasm",
      opsBefore: draft.nodesBefore,
      opsAfter: draft.nodesAfter,
      kernels: kernels.map((kernel) => ({ label: kernel.label, by: numbers.has(kernel) ? library : "WebAssembly" })),
      inPlace,
      bytes: bytesByRole(draft, needed),
    });
    return { ...this.#step(graph, draft, lowered), run: machine.run, explain };
  }

  /** The products that a native BLAS does, by number. */
  async #delegate(lowered: Lowered): Promise<Delegation> {
    const calls: (() => void)[] = [];
    let library = "";
    const numbers = new Map<Kernel, number>();
    for (const kernel of lowered.kernels) {
      const products = kernel.kind === "matmul" ? delegated(kernel, lowered.buffers) : undefined;
      if (products === undefined) continue;
      const { blas } = await this.#findBlas();
      if (blas === undefined) break;
      library = blas.library;
      this.#multiply ??= blas.on(this.#memory);
      const multiply = this.#multiply;
      numbers.set(kernel, calls.length);
      calls.push(() => products.forEach(multiply));
    }
    return { calls, numbers, library };
  }

  #step(graph: KnownGraph, draft: Draft, lowered: Lowered): Omit<Step, "run" | "explain"> {
    const spot = (buffer: number): Spot => {
      const { address, elements, dtype } = known(lowered.buffers[buffer], "buffer");
      return this.#spot(address, elements, dtype);
    };
    // Inputs have the first numbers, in their order.
    const inputs = graph.inputs.map((_, i) => spot(i));
    const outputs = draft.outputs.map(spot);
    return {
      feed: (input, data) => {
        const view = this.#fresh(known(inputs[input], "input"));
        if (typeof data === "number") view[0] = data;
        else if (!isSame(view, data)) view.set(data);
      },
      slot: (input) => {
        const place = known(inputs[input], "input");
        return place.dtype === "bool"
          ? undefined
          : { dtype: place.dtype, shape: sizeOf(known(graph.inputs[input], "input").shape), data: this.#fresh(place) };
      },
      fetch: (output) => this.#copy(known(outputs[output], "output"), known(graph.outputs[output], "output")),
    };
  }

  /** The address of what stays: a state, a constant (written now), an input. */
  #keep({ role, dtype, elements, state, value }: Room, states: readonly Tensor[]): number {
    if (role === "state") return known(this.#states.get(known(states[state ?? -1], "state")), "state").address;
    if (value === undefined) return this.#take(bytesOf(elements));
    const address = this.#constants.get(value) ?? this.#take(bytesOf(elements));
    this.#constants.set(value, address);
    this.#spot(address, elements, dtype).view.set(value.data);
    return address;
  }

  /** Room for scratch: the shared stretch, or a larger one in its place. */
  #scratch(bytes: number): number {
    if (bytes > this.#arena.bytes) this.#arena = { address: this.#take(bytesOf(bytes / 4)), bytes };
    return this.#arena.address;
  }

  #take(bytes: number): number {
    const address = this.#end;
    this.#end += bytes;
    reserve(this.#memory, this.#end);
    return address;
  }

  #spot(address: number, elements: number, dtype: DType): Spot {
    return { address, elements, dtype, view: viewOf(this.#memory, address, elements, dtype) };
  }

  #fresh(spot: Spot): EngineArray {
    if (spot.view.buffer !== this.#memory.buffer)
      spot.view = viewOf(this.#memory, spot.address, spot.elements, spot.dtype);
    return spot.view;
  }

  #copy(spot: Spot, like: Tensor): NdArray {
    const data: ArrayData = allocate(like.dtype, spot.elements);
    data.set(this.#fresh(spot));
    return { dtype: like.dtype, shape: sizeOf(like.shape), data };
  }
}

function bytesByRole({ rooms }: Draft, scratch: number): Explanation["bytes"] {
  const total = (role: Room["role"]): number =>
    rooms.reduce((sum, room) => (room.role === role ? sum + bytesOf(room.elements) : sum), 0);
  const of = { states: total("state"), inputs: total("input"), constants: total("constant") };
  return { ...of, scratch, unshared: total("scratch") };
}

function viewOf(memory: MachineMemory, address: number, elements: number, dtype: DType): EngineArray {
  return dtype === "float32"
    ? new Float32Array(memory.buffer, address, elements)
    : new Int32Array(memory.buffer, address, elements);
}

function isSame(view: EngineArray, data: ArrayLike<number>): boolean {
  return ArrayBuffer.isView(data) && data.buffer === view.buffer && data.byteOffset === view.byteOffset;
}
