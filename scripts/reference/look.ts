/** How the reference looks, light and dark, on phones and wide screens, and what its box finds. */

/** The style of every page. */
export const STYLE = `
:root { color-scheme: light dark; --text: light-dark(#1b1f24, #e3e7ec); --quiet: light-dark(#59636e, #9aa5b1); --back: light-dark(#fff, #14171b);
  --box: light-dark(#f4f6f8, #1d2127); --line: light-dark(#d8dee4, #30363d); --link: light-dark(#0b57c2, #7db4ff); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; padding: .6rem 1rem;
  background: var(--back); border-bottom: 1px solid var(--line); }
header nav { display: flex; gap: .2rem .8rem; overflow-x: auto; flex: 1; min-width: 0; white-space: nowrap; font-size: .9rem; } .home { font-weight: 700; color: var(--text); }
input { font: inherit; padding: .2rem .5rem; width: 12rem; max-width: 60vw; color: inherit; background: var(--box); border: 1px solid var(--line); border-radius: 6px; }
.page { display: flex; max-width: 90rem; margin: 0 auto; }
aside { flex: 0 0 16rem; position: sticky; top: 3.4rem; height: calc(100vh - 3.4rem); overflow-y: auto; padding: 0 1rem 2rem; font-size: .9rem; }
aside ul, .names { list-style: none; padding: 0; margin: 0; } aside li { overflow-wrap: anywhere; }
main { flex: 1; min-width: 0; overflow-x: clip; padding: 1rem 1.5rem 4rem; } main > section, article { max-width: 62rem; }
article { border-top: 1px solid var(--line); padding: .6rem 0 1.2rem; scroll-margin-top: 3.6rem; } h3 { margin: .6rem 0 .3rem; }
article h3 { overflow-wrap: anywhere; } small { color: var(--quiet); font-weight: 400; font-size: .75rem; margin-left: .5rem; }
pre { background: var(--box); padding: .7rem .9rem; border-radius: 6px; overflow-x: auto; font-size: .85rem; line-height: 1.45; margin: .6rem 0; tab-size: 2; }
pre.import { background: none; padding: 0; color: var(--quiet); } p, td, .wide { overflow-wrap: anywhere; } code { font-size: .9em; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; width: 100%; } th, td { text-align: left; vertical-align: top;
  padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); } td:first-child { white-space: nowrap; }
.names { columns: 24rem; font-size: .9rem; } .names li { break-inside: avoid; padding: .1rem 0; } .names span, summary { color: var(--quiet); } summary { cursor: pointer; font-size: .9rem; }
@media (max-width: 50rem) { aside { display: none; } main { padding: .5rem 1rem 3rem; } header nav { flex-basis: 100%; order: 3; }
  td { display: block; border: 0; padding: .1rem 0; } tr { display: block; border-bottom: 1px solid var(--line); padding: .3rem 0; } thead { display: none; } }
`;

/** What the box at the top does: only what has the letters in its name stays. */
export const SCRIPT = `
const box = document.getElementById("find"), named = document.querySelectorAll("[data-name]");
box.addEventListener("input", () => {
  const wanted = box.value.trim().toLowerCase();
  for (const one of named) one.hidden = !one.dataset.name.toLowerCase().includes(wanted);
  for (const section of document.querySelectorAll("section"))
    section.hidden = section.querySelector("[data-name]:not([hidden])") === null;
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
});
`;
