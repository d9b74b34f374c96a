/** A form of options, made from their declarations: any kind of option of any kind of thing. */
import type { FilledForm, OptionForm, OptionForms } from "@nabla/workbench";
import { useId, useState } from "preact/hooks";

type Value = FilledForm[string];

interface FieldsProps {
  readonly options: readonly OptionForm[];
  readonly forms: OptionForms;
  readonly said: FilledForm;
  /** What options come to that are left open, as they are typed. */
  readonly chosen: Readonly<Record<string, string>>;
  readonly onSay: (name: string, value: Value | undefined) => void;
  /** What is wrong with an option; "" for none. */
  readonly wrong: { readonly option: string; readonly message: string };
}

/** A line for each option. */
export function OptionFields({ options, ...props }: FieldsProps) {
  return (
    <div class="options">
      {options.map((option) => (
        <OptionField key={option.name} option={option} {...props} />
      ))}
    </div>
  );
}

function OptionField({
  option,
  forms,
  said,
  chosen,
  onSay,
  wrong,
}: Omit<FieldsProps, "options"> & { readonly option: OptionForm }) {
  const { name, help, standard, source, values, flag } = option;
  const value = said[name];
  const isWrong = wrong.option === name;
  const why = [standard === "" ? "" : `Default: ${standard}`, source ?? ""].filter((text) => text !== "").join("; ");
  const id = useId();
  return (
    <div class={value === undefined ? "option" : "option said"}>
      <div class="name">
        <label for={id}>{name}</label>
        {value !== undefined && (
          <button type="button" class="plain" aria-label={`Take ${name} back`} onClick={() => onSay(name, undefined)}>
            ×
          </button>
        )}
      </div>
      <div>
        <OptionInput
          id={id}
          option={option}
          forms={forms}
          value={value}
          chosen={chosen[name] ?? ""}
          isWrong={isWrong}
          onSay={(next) => onSay(name, next)}
        />
        {isWrong && (
          <p class="bad" role="alert">
            {wrong.message}
          </p>
        )}
        <p class="muted" id={`${id}-says`} title={flag ?? `in experiment.yaml: ${name}: …`}>
          {help}
          {option.input === "text" && values !== "a text" ? ` (${values})` : ""}. {why === "" ? "" : `${why}.`}
        </p>
      </div>
    </div>
  );
}

interface InputProps {
  readonly id: string;
  readonly option: OptionForm;
  readonly forms: OptionForms;
  readonly value: Value | undefined;
  readonly chosen: string;
  readonly isWrong: boolean;
  readonly onSay: (value: Value | undefined) => void;
}

function OptionInput(props: InputProps) {
  const { id, option, value, chosen, isWrong, onSay } = props;
  const described = { id, "aria-describedby": `${id}-says`, "aria-invalid": isWrong };
  const { input, words = [], standard } = option;
  const open = openText(chosen, standard);
  if (input === "kind") return <KindInput {...props} />;
  if (input === "flag")
    return (
      <select
        {...described}
        value={value === undefined ? "" : String(value)}
        onChange={({ currentTarget }) => onSay(currentTarget.value === "" ? undefined : currentTarget.value === "true")}
      >
        <option value="">{openText(yesNo(chosen), yesNo(standard === "" ? "false" : standard))}</option>
        <option value="true">yes</option>
        <option value="false">no</option>
      </select>
    );
  if (input === "word")
    return (
      <select {...described} value={String(value ?? "")} onChange={({ currentTarget }) => onSay(currentTarget.value)}>
        <option value="">{open}</option>
        {words.map((word) => (
          <option key={word} value={word}>
            {word}
          </option>
        ))}
      </select>
    );
  if (input === "lines")
    return (
      <textarea
        {...described}
        rows={Array.isArray(value) ? Math.max(2, value.length + 1) : 1}
        placeholder={open}
        spellcheck={false}
        value={Array.isArray(value) ? value.join("\n") : String(value ?? "")}
        onChange={({ currentTarget }) => {
          const lines = currentTarget.value.split("\n").filter((line) => line.trim() !== "");
          onSay(lines.length === 0 ? undefined : lines);
        }}
      />
    );
  return (
    <input
      type="text"
      {...described}
      placeholder={open}
      spellcheck={false}
      value={value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)}
      onChange={({ currentTarget }) => onSay(currentTarget.value.trim() === "" ? undefined : currentTarget.value)}
    />
  );
}

/** What an option is that is left open: what was chosen from the data, else its default where that is short. */
function openText(chosen: string, standard: string): string {
  if (chosen !== "") return `${chosen} (chosen)`;
  return standard === "" || standard.length > SHORT ? "" : `${standard} (default)`;
}

/** Longer defaults are sentences, which stand below. */
const SHORT = 32;

function yesNo(text: string): string {
  return text === "true" ? "yes" : text === "false" ? "no" : text;
}

/** A kind and, folded away, its own options. */
function KindInput({
  id,
  option: { words = [], family = "", standard },
  forms,
  value,
  chosen,
  isWrong,
  onSay,
}: InputProps) {
  const [open, setOpen] = useState(false);
  const said: FilledForm = isForm(value) ? value : value === undefined ? {} : { kind: String(value) };
  const kind = typeof said.kind === "string" ? said.kind : "";
  const known = forms.families[family]?.[kind];
  const isOther = kind !== "" && !words.includes(kind);
  return (
    <>
      <select
        id={id}
        aria-describedby={`${id}-says`}
        aria-invalid={isWrong}
        value={kind}
        onChange={({ currentTarget: { value: next } }) => onSay(next === "" ? undefined : next)}
      >
        <option value="">{openText(chosen, standard)}</option>
        {isOther && <option value={kind}>{kind}</option>}
        {words.map((word) => (
          <option key={word} value={word}>
            {word}
          </option>
        ))}
      </select>
      {known !== undefined && known.options.length > 0 && (
        <details class="within" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>Options of {kind}</summary>
          {open && (
            <OptionFields
              options={known.options}
              forms={forms}
              said={said}
              chosen={{}}
              wrong={{ option: "", message: "" }}
              onSay={(name, next) => {
                const { [name]: _, ...rest } = said;
                const all = next === undefined || next === "" ? rest : { ...rest, [name]: next };
                onSay(Object.keys(all).length === 1 ? kind : all);
              }}
            />
          )}
        </details>
      )}
    </>
  );
}

function isForm(value: Value | undefined): value is FilledForm & { readonly [name: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
