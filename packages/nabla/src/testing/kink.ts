interface Around {
  /** The cost at the point itself. */
  readonly base: number;
  readonly step: number;
}

const CLOSER = 16;

/**
 * Whether a function has a kink within `step` of a point. Of a smooth function the central slope hardly changes when the
 * step shrinks, and the two one-sided slopes come together in proportion to it. With a kink near the point the central
 * slope changes; with a kink at the point the one-sided slopes stay apart.
 */
export async function isKink(at: (by: number) => Promise<number>, { base, step }: Around): Promise<boolean> {
  const far = await slopes(at, base, step);
  const near = await slopes(at, base, step / CLOSER);
  const size = Math.max(Math.abs(far.right), Math.abs(far.left), Math.abs(near.right), Math.abs(near.left));
  const noise = (8 * CLOSER * Number.EPSILON * Math.max(1, Math.abs(base))) / step;
  const changed = Math.abs(far.right + far.left - near.right - near.left) / 2;
  const apart = Math.abs(near.right - near.left);
  const beside = changed > noise && changed > 1e-3 * size;
  const exactly = apart > noise && apart > 1e-3 * size && apart > Math.abs(far.right - far.left) / 4;
  return beside || exactly;
}

async function slopes(
  at: (by: number) => Promise<number>,
  base: number,
  step: number,
): Promise<{ right: number; left: number }> {
  return { right: ((await at(step)) - base) / step, left: (base - (await at(-step))) / step };
}
