/** What passes through each layer. */
import { compact, count } from "nabla";
import type { Health } from "nabla/diagnose";
import { medianOf } from "nabla/statistics";
import { number, percent } from "../text/format.ts";
import { clip, fact, grid, WIDTH, wrap } from "../text/layout.ts";

/** More layers than this are shown by their first and last. */
const SHOWN = 40;

/** A line for each layer, then what to do. */
export function healthText({ layers, inputs, findings, summary, rows }: Health): string {
  const line = ({ path, deviation, gain, gradient, gradientGain, dead, saturated }: Health["layers"][number]) => [
    clip(path, 24),
    number(deviation),
    number(gain),
    number(gradient),
    number(gradientGain),
    dead === 0 ? "" : percent(dead),
    saturated === undefined || saturated === 0 ? "" : percent(saturated),
  ];
  const half = SHOWN / 2;
  const members = membersOf(layers);
  const shown = members === undefined ? layers : members.layers;
  const lines =
    shown.length <= SHOWN
      ? shown.map(line)
      : [...shown.slice(0, half).map(line), ["…"], ...shown.slice(-half).map(line)];
  const titles = ["layer", "deviation", "gain", "gradient", "gain", "dead", "saturated"];
  const columns = titles.map((title, i) => ({ title, align: i > 0 ? "right" : "left" }) as const);
  const advice = findings.map(({ try: what }, i) => fact(i === 0 ? "Try" : "", what));
  const of =
    members === undefined ? "" : `; ${members.count} networks: their median, and the most that is dead or saturated`;
  const about = `${count(rows, "row")}, inputs of deviation ${number(inputs)}${of}`;
  return [...wrap(about, WIDTH), "", grid(columns, lines), "", ...wrap(summary, WIDTH), ...advice].join("\n");
}

type Layers = Health["layers"];

/** The layers of networks that were averaged, each once with the median of all of them; undefined for one network. */
function membersOf(layers: Layers): { readonly layers: Layers; readonly count: number } | undefined {
  const [member, place] = [/^member\d+(?=\.)/, (path: string): string => path.replace(/^member\d+\./, "")];
  if (layers.length === 0 || !layers.every(({ path }) => member.test(path))) return undefined;
  const groups = [...Map.groupBy(layers, ({ path }) => place(path))];
  const median = (group: Layers, of: (layer: Layers[number]) => number): number => medianOf(group.map(of));
  const together = ([path, group]: (typeof groups)[number]): Layers[number] => ({
    ...(group[0] as Layers[number]),
    path,
    deviation: median(group, ({ deviation }) => deviation),
    gain: median(group, ({ gain }) => gain),
    gradient: median(group, ({ gradient }) => gradient),
    gradientGain: median(group, ({ gradientGain }) => gradientGain),
    dead: Math.max(...group.map(({ dead }) => dead)),
    ...compact({
      saturated:
        group[0]?.saturated === undefined ? undefined : Math.max(...group.map(({ saturated = 0 }) => saturated)),
    }),
  });
  return { layers: groups.map(together), count: new Set(layers.map(({ path }) => member.exec(path)?.[0])).size };
}
