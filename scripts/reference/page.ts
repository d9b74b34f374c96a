/** The reference as pages: one for each entry, and one that finds every name. */
import type { Documented, Entry } from "./entries.ts";
import { SCRIPT, STYLE } from "./look.ts";

/** A file of the site. */
export interface SitePage {
  readonly file: string;
  readonly html: string;
}

/** Where each name is described; of names that several entries have, the first. */
type Places = ReadonlyMap<string, string>;

/** All pages of the site. */
export function pagesOf(entries: readonly Entry[]): readonly SitePage[] {
  const places: Places = new Map(
    entries
      .toReversed()
      .flatMap((entry) => flatten(entry.exports).map(({ title }) => [title, `${fileOf(entry)}#${title}`] as const)),
  );
  return [indexPage(entries), ...entries.map((entry) => entryPage(entry, entries, places))];
}

/** A declaration with those that it holds. */
export function flatten(exports: readonly Documented[]): readonly Documented[] {
  return exports.flatMap((one) => [one, ...flatten(one.held)]);
}

function fileOf({ name }: Entry): string {
  return `${name.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-/, "")}.html`;
}

function indexPage(entries: readonly Entry[]): SitePage {
  const lists = entries.map((entry) => {
    const names = flatten(entry.exports).map(
      ({ title, doc }) =>
        `<li data-name="${escaped(title)}"><a href="${fileOf(entry)}#${title}"><code>${escaped(title)}</code></a> <span>${prose(firstSentence(doc))}</span></li>`,
    );
    const link = `<a href="${fileOf(entry)}">${escaped(entry.name)}</a>`;
    return `<section><h2>${link}</h2><p>${prose(entry.about)}</p><ul class="names">${names.join("")}</ul></section>`;
  });
  return { file: "index.html", html: frame("nabla: reference", { entries, main: lists.join("\n") }) };
}

const GROUPS: readonly (readonly [title: string, is: (one: Documented) => boolean])[] = [
  ["Kinds", ({ options }) => options.length > 0],
  ["Functions and values", ({ kind, options }) => options.length === 0 && kind !== "interface" && kind !== "type"],
  ["Types", ({ kind }) => kind === "interface" || kind === "type"],
];

function entryPage(entry: Entry, entries: readonly Entry[], places: Places): SitePage {
  const all = flatten(entry.exports);
  const groups = GROUPS.map(([title, is]) => ({ title, those: all.filter(is).toSorted(byTitle) }));
  const present = groups.filter(({ those }) => those.length > 0);
  const main = [
    `<h1>${escaped(entry.name)}</h1><p>${prose(entry.about)}</p>`,
    ...present.map(
      ({ title, those }) =>
        `<section><h2>${title}</h2>${those.map((one) => article(one, entry, places)).join("\n")}</section>`,
    ),
  ];
  const list = present.map(({ title, those }) => {
    const names = those.map((one) => `<li data-name="${one.title}"><a href="#${one.title}">${one.title}</a></li>`);
    return `<h3>${title}</h3><ul>${names.join("")}</ul>`;
  });
  const html = frame(`${entry.name}: reference`, { entries, main: main.join("\n"), list: list.join("") });
  return { file: fileOf(entry), html };
}

function byTitle(a: Documented, b: Documented): number {
  return a.title.localeCompare(b.title, "en");
}

function article(one: Documented, entry: Entry, places: Places): string {
  const { title, path, line, doc, text, members, options, example, kind } = one;
  const origin = `<small>${path}:${line}</small>`;
  const importing = title.includes(".") ? title.split(".")[0] : title;
  const type = kind === "interface" || kind === "type" ? "type " : "";
  return [
    `<article id="${title}" data-name="${title}"><h3>${escaped(title)} ${origin}</h3>`,
    `<p>${prose(doc)}</p>`,
    `<pre class="import">${escaped(`import { ${type}${importing} } from "${entry.name}";`)}</pre>`,
    options.length > 0 ? optionTable(one) : kind === "namespace" ? "" : `<pre>${linked(plainText(text), places)}</pre>`,
    members.length === 0 || options.length > 0 ? "" : memberTable(one, places),
    example === undefined
      ? ""
      : `<details><summary>Example, from ${escaped(example.path)}</summary><pre>${linkedProgram(example.code.trimEnd(), places)}</pre></details>`,
    "</article>",
  ].join("");
}

function optionTable({ options }: Documented): string {
  const rows = options.map(
    ({ name, values, standard, help }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${prose(values)}</td><td>${prose(standard)}</td><td>${prose(help)}</td></tr>`,
  );
  return `<div class="wide"><table><thead><tr><th>Option</th><th>Values</th><th>Default</th><th>What it says</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function memberTable({ members }: Documented, places: Places): string {
  const rows = members.map(
    ({ name, type, optional, doc }) =>
      `<tr><td><code>${escaped(name)}${optional ? "?" : ""}</code></td><td><code>${linked(type, places)}</code></td><td>${prose(doc)}</td></tr>`,
  );
  return `<div class="wide"><table><thead><tr><th>Member</th><th>Type</th><th>What it is</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** Without the word that every declaration begins with; comments stand in the table below. */
function plainText(text: string): string {
  return text.replaceAll(/^export (?:declare )?/gm, "").replaceAll(/^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm, "");
}

/** A declaration whose types lead to where they are described. */
function linked(code: string, places: Places): string {
  return escaped(code).replaceAll(/\b[A-Z]\w+\b/g, (name) => linkTo(name, places));
}

/** A program whose names lead to where they are described: those that are no property, no key and no text. */
function linkedProgram(code: string, places: Places): string {
  return escaped(code).replaceAll(/(?<![\w.;/-])(?:ops\.)?[A-Za-z]\w+\b(?![:/])/g, (name) => linkTo(name, places));
}

function linkTo(name: string, places: Places): string {
  const place = places.get(name);
  return place === undefined ? name : `<a href="${place}">${name}</a>`;
}

function firstSentence(doc: string): string {
  return /^[\s\S]*?[.:](?=\s|$)/.exec(doc)?.[0] ?? doc;
}

/** A comment: code between backquotes, and paragraphs. */
function prose(text: string): string {
  return escaped(text)
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\n{2,}/g, "</p><p>");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

interface Frame {
  readonly entries: readonly Entry[];
  readonly main: string;
  /** The names of the page. */
  readonly list?: string;
}

function frame(title: string, { entries, main, list = "" }: Frame): string {
  const links = entries.map((entry) => `<a href="${fileOf(entry)}">${escaped(entry.name)}</a>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<header><a class="home" href="index.html">∇ nabla</a><nav>${links.join(" ")}</nav>
<label>Find <input type="search" id="find" placeholder="a name" autocomplete="off"></label></header>
<div class="page">${list === "" ? "" : `<aside>${list}</aside>`}<main>${main}</main></div>
<script>${SCRIPT}</script>
</html>
`;
}
