/** Levels as ones among zeros, as nodes. */
import { filled } from "../../array/ndarray.ts";
import { type CategoryPreparation, slotCount } from "../../data/preparation.ts";
import { TRUTHS, truthOf } from "../../reading/truth.ts";
import { CAST_TYPES, CLASSICAL, type GraphWriter, texts, whole, wholes } from "./graph-writer.ts";

/**
 * A one at the place of the level's feature, and at the last place for whatever is no level: [batch, features]. Levels
 * that training found however they were written are found here in their usual spellings.
 */
export function writeLevels(writer: GraphWriter, name: string, category: CategoryPreparation): string {
  const { levels, slots } = category;
  const spelled = spellings(category);
  if (slots !== undefined || spelled.length > levels.length) return looked(writer, name, category, spelled);
  const settings = { cats_strings: texts(levels), zeros: whole(1) };
  const stacked = writer.node("OneHotEncoder", [name], settings, CLASSICAL); // [batch, 1, levels]
  const known = writer.node("Reshape", [stacked, writer.list([-1, levels.length])]);
  const found = writer.node("ReduceSum", [known, writer.list([1])], { keepdims: whole(1) });
  const unknown = writer.node("Sub", [writer.array(filled([], 1), "one"), found]);
  return writer.node("Concat", [known, unknown], { axis: whole(1) });
}

/** A text that is taken for a level. */
type Spelling = readonly [text: string, level: number];

/** Each level's place looked up, where levels share features or have several spellings. */
function looked(
  writer: GraphWriter,
  name: string,
  category: CategoryPreparation,
  spelled: readonly Spelling[],
): string {
  const { slots } = category;
  const unknown = slotCount(category);
  const settings = {
    keys_strings: texts(spelled.map(([text]) => text)),
    values_int64s: wholes(spelled.map(([, level]) => slots?.[level] ?? level)),
    default_int64: whole(unknown),
  };
  const place = writer.node("LabelEncoder", [name], settings, CLASSICAL); // [batch, 1]
  const places = writer.list(Array.from({ length: unknown + 1 }, (_, i) => i));
  return writer.node("Cast", [writer.node("Equal", [place, places])], { to: whole(CAST_TYPES.float32) });
}

/** The levels, then what else is read as one of them; nothing twice. */
function spellings({ levels, reading }: CategoryPreparation): readonly Spelling[] {
  const found = new Map(levels.map((level, i) => [level, i]));
  if (reading?.as !== "category") return [...found];
  const add = (text: string, i: number): void => void (found.has(text) || found.set(text, i));
  for (const [i, level] of levels.entries()) {
    const truth = truthOf(level);
    if (reading.truth === true && truth !== undefined) for (const word of truthWords(truth)) add(word, i);
    if (reading.numeric === true && /^-?\d/.test(level) && Number.isFinite(Number(level))) {
      const plain = String(Number(level));
      add(plain, i);
      if (Number.isInteger(Number(level))) add(`${plain}.0`, i);
    }
    if (reading.merged === true) for (const cased of casesOf(level)) add(cased, i);
  }
  return [...found];
}

function truthWords(wanted: boolean): readonly string[] {
  const words = [...TRUTHS].flatMap(([word, truth]) => (truth === wanted ? casesOf(word) : []));
  return [...words, wanted ? "1" : "0", wanted ? "1.0" : "0.0"];
}

function casesOf(word: string): readonly string[] {
  const lower = word.toLowerCase();
  return [lower, lower.toUpperCase(), lower.slice(0, 1).toUpperCase() + lower.slice(1)];
}
