/**
 * Whoever reads a name in an editor reads its doc comment: every export has one, and every optional member says what it is. In
 * options, which users write, a member that may be left out says what holds then.
 */
import { type Declaration, openDeclarations } from "./declarations.ts";

/** The packages whose exports are read. */
export const documentedPackages: readonly string[] = ["nabla", "workbench", "web"];

/** Words that say what holds without an option. */
const saysDefault =
  /\b(defaults?|absent|otherwise|unless|left out|leaves? out|leaving out|without (?:it|one|this|them)|undefined)\b/i;

/** What is missing from a declaration, a line each. */
export function undocumented({ name, doc, path, line, members }: Declaration): readonly string[] {
  const at = `${path}:${line}: ${name}`;
  const optional = members.filter((member) => member.optional);
  return [
    ...(doc === "" ? [`${at} has no doc comment`] : []),
    ...optional.filter((one) => one.doc === "").map((one) => `${at}.${one.name} has no doc comment`),
    ...(name.endsWith("Options")
      ? optional
          .filter((one) => one.doc !== "" && !saysDefault.test(one.doc))
          .map((one) => `${at}.${one.name} does not say what holds when it is left out`)
      : []),
  ];
}

if (import.meta.main) {
  using reader = openDeclarations(".", documentedPackages);
  const declared = reader.files.flatMap((file) => reader.exportsOf(file));
  const missing = declared.flatMap(undocumented);
  for (const line of missing) console.log(line);
  const members = declared.flatMap((one) => one.members.filter(({ optional }) => optional));
  console.log(
    `${declared.length} exports and ${members.length} optional members: ${missing.length} lack what a reader needs`,
  );
  process.exitCode = missing.length > 0 ? 1 : 0;
}
