/** Forms made from the declarations of options, and what is filled into them as an experiment. */
import type { Json } from "nabla";
import { kindTables } from "nabla/all";
import { type Field, type Fields, isRecord, type Kinds, valuesText } from "nabla/fields";
import type { ChosenField } from "../../experiment/choice.ts";
import { dataFields } from "../../experiment/data-fields.ts";
import { experimentFields, type PartialExperiment } from "../../experiment/fields.ts";
import { networkFields } from "../../experiment/network-fields.ts";
import { defaultText, flagOf } from "../../experiment/option-words.ts";
import { experimentFrom } from "../../experiment/read-experiment.ts";
import { readingFields } from "../../experiment/reading-fields.ts";
import { runFields } from "../../experiment/run-fields.ts";
import { trainingFields } from "../../experiment/training-fields.ts";
import { searchKinds, studyFields } from "../../studies/study-fields.ts";
import type { FilledForm, OptionForm, OptionForms } from "./api-start.ts";

type FormField = Field & Partial<Pick<ChosenField<unknown>, "by">>;

const tables: { readonly [family: string]: Kinds<unknown> } = { ...kindTables, ...searchKinds };

/** What a form asks for elsewhere than among its options. */
const ASKED: readonly string[] = ["data", "target"];

/** Every option of a training and of a study, and those of the kinds that they may be. */
export function optionForms(): OptionForms {
  const read = Object.keys(readingFields);
  const data = Object.fromEntries(Object.entries(dataFields).filter(([name]) => ![...read, ...ASKED].includes(name)));
  const { seed: _, ...study } = studyFields;
  return {
    groups: [
      { title: "Network", options: formsOf(networkFields) },
      { title: "Training", options: formsOf(trainingFields) },
      { title: "Data", options: formsOf(data) },
      { title: "Run", options: formsOf(runFields) },
      { title: "How the file is written", options: formsOf(readingFields) },
    ],
    study: formsOf(study),
    families: Object.fromEntries(
      Object.entries(tables).map(([family, kinds]) => [
        family,
        Object.fromEntries(
          Object.values(kinds).map(({ kind, help, fields }) => [kind, { help, options: formsOf(fields) }]),
        ),
      ]),
    ),
  };
}

function formsOf(fields: Fields): readonly OptionForm[] {
  return Object.entries<FormField>(fields).map(([name, one]) => {
    const words = one.words ?? Object.keys(tables[one.family ?? ""] ?? {});
    return {
      name,
      help: one.help,
      ...(one.option === undefined ? {} : { flag: flagOf(name, one) }),
      values: valuesText(one),
      input: inputOf(one),
      ...(words.length === 0 ? {} : { words }),
      ...(one.family === undefined ? {} : { family: one.family }),
      standard: one.by ?? defaultText(one, tables[one.family ?? ""]),
      ...(one.source === undefined ? {} : { source: one.source }),
    };
  });
}

function inputOf({ schema, words, family, formatEach }: Field): OptionForm["input"] {
  if (schema.type === "boolean") return "flag";
  if (formatEach !== undefined) return "lines";
  if (schema.type === "array") return "text";
  return family !== undefined ? "kind" : words !== undefined ? "word" : "text";
}

/** The experiment that a form says. Throws the errors of fields, with the option's name. */
export function experimentOfForm(form: FilledForm): PartialExperiment {
  return experimentFrom(typed(experimentFields, form));
}

/** What a form says, as plain data that fields read. */
export function typed(fields: Fields, form: FilledForm): { readonly [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) => {
      const one = Object.hasOwn(fields, name) ? fields[name] : undefined;
      // what no field knows is refused by who reads it
      if (value === "" || (Array.isArray(value) && value.length === 0 && one?.combine !== undefined)) return [];
      return [[name, one === undefined ? value : typedOne(one, value)]];
    }),
  );
}

function typedOne(one: Field, value: Json): Json {
  if (typeof value === "string") return one.parse(value);
  const { combine } = one;
  if (Array.isArray(value) && combine !== undefined && value.every((item) => typeof item === "string")) {
    const [first = "", ...others] = value;
    return others.reduce<Json>((all, next) => combine(all, one.parse(next)), one.parse(first));
  }
  if (!isRecord(value) || one.family === undefined) return value;
  const { kind, ...options } = value as { readonly [name: string]: Json };
  const kinds = tables[one.family] ?? {};
  const { fields = {} } = typeof kind === "string" && Object.hasOwn(kinds, kind) ? (kinds[kind] ?? {}) : {};
  return { kind: kind ?? null, ...typed(fields, options) };
}

/** An experiment as a form has it. */
export function formOf(experiment: PartialExperiment): FilledForm {
  const fields: Fields = experimentFields;
  return Object.fromEntries(
    Object.entries(experiment).flatMap(([name, value]) => {
      const one = fields[name];
      return one === undefined || value === undefined ? [] : [[name, filled(one, one.write(value))]];
    }),
  );
}

function filled(one: Field, data: Json): Json {
  const input = inputOf(one);
  if (input === "flag") return data;
  if (input === "lines") return one.formatEach?.(data) ?? [one.format(data)];
  if (input !== "kind" || !isRecord(data)) return one.format(data);
  const { kind, ...options } = data as { readonly [name: string]: Json };
  const { fields = {} } = tables[one.family ?? ""]?.[String(kind)] ?? {};
  const shown = Object.entries(options).map(([name, value]) => {
    const inner = fields[name];
    return [name, inner === undefined ? value : filled(inner, value)] as const;
  });
  return { kind: kind ?? null, ...Object.fromEntries(shown) };
}
