/** How options are declared once, and what is derived from a declaration: `nabla/fields`. */
export { compact } from "./compact.ts";
export { type OptionText, optionText, valuesText } from "./description.ts";
export type { Domain } from "./domain.ts";
export { type Kind, type Kinds, kindReaders, schemaOfKinds } from "./family.ts";
export {
  boolean,
  type Field,
  type FieldInfo,
  type Fields,
  field,
  type Given,
  list,
  number,
  type OptionsOf,
  otherNames,
  type Presence,
  readFields,
  readGiven,
  sameAs,
  schemaOfFields,
  searchOf,
  text,
  type ValueOf,
  type Values,
  wholeNumber,
  word,
  writeFields,
} from "./field.ts";
export { fromJsonText, toJsonText } from "./json-text.ts";
export { fits } from "./parameter-path.ts";
export {
  assignmentsType,
  type Families,
  isRecord,
  type JsonSchema,
  kindType,
  listType,
  notationType,
  numberType,
  type Reading,
  readingError,
  textType,
  type ValueType,
  wordType,
} from "./value-type.ts";
