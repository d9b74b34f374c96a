/**
 * The page of all options, `docs/reference/options.md`, from the fields that declare them: `npm run options` writes it, and a test
 * compares it with what stands there.
 */
import { writeFileSync } from "node:fs";
import { experimentFields } from "@nabla/workbench";
import { kindTables } from "nabla/all";
import { type Field, type Fields, type Kind, optionText, valuesText } from "nabla/fields";
import { pruners, samplers } from "nabla/tune";

/** Where the page lies. */
export const optionsPage = "docs/reference/options.md";

const families: readonly (readonly [title: string, kinds: { readonly [kind: string]: Kind<unknown> }])[] = [
  ["Layers", kindTables.layer],
  ["Initializers", kindTables.initializer],
  ["Losses", kindTables.loss],
  ["Penalties", kindTables.penalty],
  ["Optimizers", kindTables.optimizer],
  ["Gradient transforms", kindTables.transform],
  ["Schedules", kindTables.schedule],
  ["Averages of weights", kindTables.average],
  ["Augmentations", kindTables.augmentation],
  ["Samplers", samplers],
  ["Pruners", pruners],
];

const head = `# Every option

What \`experiment.yaml\`, the command line and the functions of nabla can be told, as their declarations say it. This page is
written by \`npm run options\`. An option without a default must be given, unless its line says what happens when it is left
out. **Live** marks those that may change while a training goes on.
`;

/** The page as the fields make it. */
export function writeOptionsPage(): string {
  const parts = families.map(([title, kinds]) =>
    [`## ${title}`, ...Object.values(kinds).map(kindSection)].join("\n\n"),
  );
  return `${[head.trimEnd(), `## The experiment\n\n${table(experimentFields)}`, ...parts].join("\n\n")}\n`;
}

function kindSection({ kind, help, fields }: Kind<unknown>): string {
  const title = `### ${kind}\n\n${cell(help)}`;
  return Object.keys(fields).length === 0 ? title : `${title}\n\n${table(fields)}`;
}

function table(fields: Fields): string {
  const rows = Object.entries(fields).map(
    ([name, one]) =>
      `| \`${name}\` | ${cell(valuesText(one))} | ${cell(optionDefault(one))} | ${cell(helpText(one))} |`,
  );
  return ["| Option | Values | Default | What it says |", "|---|---|---|---|", ...rows].join("\n");
}

function helpText({ help, adjustable }: Field): string {
  return adjustable === true ? `${help}. **Live**` : help;
}

/** The default of an option as it is written, with its source; empty where it must be given. */
export function optionDefault({
  default: standard,
  source,
  format,
  write,
  family,
  ...more
}: Field & { readonly by?: string }): string {
  if (more.by !== undefined) return more.by;
  if (standard === undefined) return "";
  const data = write(standard);
  const kinds = kindTables[family as keyof typeof kindTables];
  const shown = kinds === undefined || Array.isArray(data) ? format(data) : optionText(data, { kinds, number: String });
  const text = shown === "" ? "none" : `\`${shown}\``;
  return source === undefined ? text : `${text} (${source})`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

if (import.meta.main) writeFileSync(optionsPage, writeOptionsPage());
