/** Every combination of a few levels, in order: for few axes only, since each axis multiplies their number. */
import { known } from "../../base/error.ts";
import { wholeNumber } from "../../base/field.ts";
import { sampler } from "../sampler.ts";
import type { Axis } from "../space.ts";

/** Levels of one axis, and for each the axes that it opens. */
interface Branching {
  readonly axis: Axis;
  readonly units: readonly number[];
  readonly opened: readonly (readonly Branching[])[];
}

function branchingsOf(axes: readonly Axis[], levels: number, parent?: string, value?: unknown): readonly Branching[] {
  return axes
    .filter(({ when }) => when?.path === parent && (when === undefined || when.among.some((one) => one === value)))
    .map((axis) => {
      const { domain, path } = axis;
      const units = unitsFor(axis, levels);
      return { axis, units, opened: units.map((unit) => branchingsOf(axes, levels, path, domain.at(unit))) };
    });
}

function unitsFor({ domain, path }: Axis, levels: number): readonly number[] {
  const whole = !domain.ordered || domain.cells <= levels;
  if (whole)
    return Array.from({ length: domain.cells }, (_, place) =>
      known(domain.unitOf(domain.nth(place)), "a value of the domain"),
    );
  const even = Array.from({ length: levels }, (_, i) => (levels === 1 ? 0.5 : i / (levels - 1)));
  return even
    .map((unit) => domain.unitOf(domain.at(unit)) ?? unit)
    .filter((unit, i, all) => all.indexOf(unit) === i && path !== "");
}

const product = (branchings: readonly Branching[]): number => branchings.reduce((total, one) => total * sizeOf(one), 1);
const sizeOf = ({ opened }: Branching): number => opened.reduce((total, inner) => total + product(inner), 0);

/** Fills in the units of point `index` among the combinations. */
function place(branchings: readonly Branching[], index: number, into: Record<string, number>): void {
  let rest = index;
  for (const branching of branchings.toReversed()) {
    const size = sizeOf(branching);
    let within = rest % size;
    rest = Math.floor(rest / size);
    const level = branching.opened.findIndex((inner) => {
      const own = product(inner);
      if (within < own) return true;
      within -= own;
      return false;
    });
    into[branching.axis.path] = known(branching.units[level], "a level");
    place(known(branching.opened[level], "a level"), within, into);
  }
}

/** Tries all combinations of `levels` values of each axis, ends included, the last axis first; then starts over. */
export const grid = sampler(
  "grid",
  {
    levels: wholeNumber({
      atLeast: 1,
      default: 5,
      source: "few, since axes multiply",
      help: "values tried of each continuous or long axis; a choice is tried whole",
    }),
  },
  ({ levels }) => ({
    ask: ({ axes, number }) => {
      const branchings = branchingsOf(axes, levels);
      const units: Record<string, number> = {};
      place(branchings, number % Math.max(1, product(branchings)), units);
      return units;
    },
  }),
  { help: "every combination of a few levels, in order" },
);
