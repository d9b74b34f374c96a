import type { BlockedKernel, MatmulKernel } from "../loop.ts";
import { accessesOf } from "../plan/order.ts";
import { type PrintContext, printLoop, repeatRange, type UnitRange } from "./loops.ts";
import { printMatmul } from "./matmul.ts";
import { type MatmulPlan, MOST_PACKED } from "./matmul-plan.ts";
import type { PackedProducts } from "./packed-matmul.ts";
import type { I32, Local } from "./tokens.ts";

/** Where a block lies: its unit, its group and its part. */
interface Place {
  readonly unit: Local<"i32">;
  readonly group: Local<"i32">;
  readonly part: Local<"i32">;
}

/** Prints a blocked kernel, or a range of its units. */
export function printBlocked(
  context: PrintContext,
  kernel: BlockedKernel,
  {
    range,
    packed,
    planOf,
    panelsOf,
  }: {
    readonly range?: UnitRange | undefined;
    readonly packed: PackedProducts;
    readonly planOf: (product: MatmulKernel) => MatmulPlan;
    /** Where the right factor of a product is kept in panels, if it is the same in all blocks. */
    readonly panelsOf: (product: MatmulKernel) => number | undefined;
  },
): void {
  const { f } = context;
  const { units, perUnit, groups, parts } = kernel;
  const all = range ?? { first: f.keep("i32", f.i32(0)), end: f.keep("i32", f.i32(units)) };
  for (const one of kernel.kernels) {
    const panels = one.kind === "matmul" ? panelsOf(one) : undefined;
    if (one.kind !== "matmul" || panels === undefined) continue;
    const plan = planOf(one);
    if (plan.kind === "packed") packed.pack(f, plan, { panels });
  }
  const unit = f.keep("i32", f.get(all.first));
  repeatRange(f, all, () => {
    const group = f.keep("i32", f.op("i32.mul", f.get(unit), f.i32(perUnit)));
    const further = f.keep("i32", f.op("i32.add", f.get(group), f.i32(perUnit)));
    const isWhole = f.op("i32.lt_u", f.get(further), f.i32(groups));
    const whole = f.keep("i32", isWhole);
    const end = f.keep("i32", f.select(f.get(further), f.i32(groups), f.get(whole)));
    const accumulate = f.keep("i32", f.i32(0));
    f.loop((next) => {
      const part = f.keep("i32", f.i32(0));
      f.loop((again) => {
        const starts = startsOf(context, kernel, { unit, group, part });
        for (const one of kernel.kernels) {
          if (one.kind === "loop") printLoop({ ...context, starts }, one);
          else {
            const plan = planOf(one);
            const added = one.accumulates === true ? { accumulate } : {};
            printMatmul({ ...context, starts }, one, { plan, packed, panels: panelsOf(one), ...added });
          }
        }
        f.set(accumulate, f.i32(1));
        f.increase(part, 1);
        f.branchIf(again, f.op("i32.lt_u", f.get(part), f.i32(parts)));
      });
      f.increase(group, 1);
      f.branchIf(next, f.op("i32.lt_u", f.get(group), f.get(end)));
    });
    f.increase(unit, 1);
  });
}

/** The products whose right factor, as planned, is the same in all blocks: it is packed once before them. */
export function fixedFactors(
  { kernels, moves, groups, parts }: BlockedKernel,
  planOf: (product: MatmulKernel) => MatmulPlan | undefined,
): readonly MatmulKernel[] {
  if (groups * parts < 2) return [];
  const changing = new Set([...moves.map(({ buffer }) => buffer), ...kernels.flatMap((one) => accessesOf(one).writes)]);
  return kernels.filter((one): one is MatmulKernel => {
    if (one.kind !== "matmul" || one.batch !== 1) return false;
    const plan = planOf(one);
    if (plan?.kind !== "packed" || plan.product.n * plan.product.k > MOST_PACKED) return false;
    return !changing.has((plan.transposed ? one.a : one.b).buffer);
  });
}

/** How many bytes each buffer that moves lies further; buffers that move alike share a local. */
function startsOf(
  { f }: PrintContext,
  { moves, groups, parts }: BlockedKernel,
  place: Place,
): ReadonlyMap<number, Local<"i32">> {
  const made = new Map<string, Local<"i32">>();
  const times = (local: Local<"i32">, elements: number): I32 =>
    f.op("i32.mul", f.get(local), f.i32(elements * f.bytes));
  // addresses are no negative numbers, so that what goes back begins far on
  const along = (local: Local<"i32">, count: number, elements: number): I32 =>
    elements >= 0
      ? times(local, elements)
      : f.op("i32.mul", f.op("i32.sub", f.i32(count - 1), f.get(local)), f.i32(-elements * f.bytes));
  return new Map(
    moves.map(({ buffer, unit, group, part }) => {
      const key = `${unit} ${group} ${part}`;
      const found =
        made.get(key) ??
        f.keep(
          "i32",
          f.op(
            "i32.add",
            f.op("i32.add", times(place.unit, unit), along(place.group, groups, group)),
            along(place.part, parts, part),
          ),
        );
      made.set(key, found);
      return [buffer, found] as const;
    }),
  );
}
