/** The style sheet of a report: light, dark, narrow and on paper. */
import { palette } from "../text/palette.ts";

const variables = (shade: "light" | "dark"): string =>
  Object.entries(palette)
    .map(([name, hue]) => `--${name}:${hue[shade]}`)
    .join(";");

/** Charts name the light colors; these rules exchange them for whatever counts. */
const exchanged = Object.entries(palette)
  .map(
    ([name, { light }]) =>
      `figure svg [fill="${light}"]{fill:var(--${name})}figure svg [stroke="${light}"]{stroke:var(--${name})}`,
  )
  .join("\n");

/** Where a table goes on beyond the edge there is a shadow, which covers of its own ground hide at the ends. */
const scrollShadows = [
  "linear-gradient(90deg,var(--paper) 30%,transparent) left/2rem 100%",
  "linear-gradient(270deg,var(--paper) 30%,transparent) right/2rem 100%",
  "radial-gradient(farthest-side at 0 50%,color-mix(in srgb,var(--ink) 28%,transparent),transparent) left/.7rem 100%",
  "radial-gradient(farthest-side at 100% 50%,color-mix(in srgb,var(--ink) 28%,transparent),transparent) right/.7rem 100%",
].join();

/** CSS without anything to load. */
export const styleSheet = `
:root{color-scheme:light dark;${variables("light")};--back:#f4f6f9;--code:#eef1f5}
@media screen and (prefers-color-scheme:dark){:root{${variables("dark")};--back:#0d1117;--code:#1f2630}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main,header{max-width:84rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .2rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .8rem}
h3{font-size:1rem;margin:1.4rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem;overflow-wrap:anywhere}
.muted,figcaption+.muted,.caption{color:var(--muted)}
.caption{font-size:.9rem;padding:.2rem 0 0}
li,h2,h3,dt,summary,figcaption{overflow-wrap:anywhere}
code.whole{white-space:nowrap}
section{background:var(--paper);border:1px solid var(--rule);border-radius:10px;padding:1.1rem 1.2rem;margin:1.1rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:1.2rem 0 0}
.tile{background:var(--paper);border:1px solid var(--rule);border-radius:10px;padding:.7rem .9rem}
.tile b{display:block;font-size:1.5rem;line-height:1.25;font-variant-numeric:tabular-nums}
.tile span{color:var(--muted);font-size:.87rem}
.verdict{font-size:1.1rem;border-left:4px solid var(--hue,var(--muted));padding-left:.8rem}
.good{--hue:var(--good)}.bad{--hue:var(--bad)}
dl{margin:0}
dl div{display:grid;grid-template-columns:11rem 1fr;gap:.2rem 1rem;padding:.3rem 0;border-top:1px solid var(--rule)}
dl div:first-child{border-top:0}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.2rem 1.6rem;margin-top:1rem}
figure{margin:0;min-width:0}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:1rem;margin-top:.8rem}
.pictures img{display:block;image-rendering:pixelated;border:1px solid var(--rule)}
.pictures figcaption{font-weight:400;font-size:.85rem;margin:.3rem 0 0;overflow-wrap:anywhere}
figcaption{font-weight:600;margin-bottom:.4rem}
figure svg{display:block;width:100%;height:auto;max-width:34rem}
${exchanged}
.wide,.broad{overflow-x:auto;background:${scrollShadows};background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
.broad svg{max-width:none;min-width:44rem}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.4rem 0}
th,td{padding:.28rem .7rem .28rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
thead th{color:var(--muted);font-weight:500;vertical-align:bottom}
tbody th{font-weight:500}
.number{text-align:right}td.number,tbody th.number{white-space:nowrap}
td.text,tbody th.text{min-width:5rem;max-width:22rem;overflow-wrap:break-word}
td.long,tbody th.long{min-width:14rem}
.halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:0 2.5rem}
.halves h3:first-child{margin-top:.2rem}
.beside{display:flex;flex-wrap:wrap;gap:0 3rem;align-items:flex-start}
.beside>*{min-width:0;max-width:100%}
.confusion td,.confusion th{min-width:0;text-align:right;padding:.3rem .55rem;border:1px solid var(--rule)}
.confusion td{background:color-mix(in srgb,var(--hue) calc(var(--share)*70%),transparent);min-width:2.6rem;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.bar{display:block;position:relative;height:.7rem;width:11rem;background:var(--code);border-radius:3px;margin-top:.35rem;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.bar i{position:absolute;top:.2rem;height:.3rem;background:var(--train);opacity:.45;border-radius:2px}
.bar b{position:absolute;top:0;height:.7rem;width:3px;margin-left:-1.5px;background:var(--train)}
.bar u{position:absolute;top:-.15rem;height:1rem;width:1px;background:var(--muted)}
pre,code{font:.86rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--code);border-radius:8px;padding:.7rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--muted);font-size:.9rem}
ol{padding-left:1.3rem;margin:.4rem 0}
li{margin:.35rem 0}
footer{color:var(--muted);font-size:.85rem;padding:.4rem 0 2rem}
@media (max-width:34rem){section{padding:.9rem}dl div{grid-template-columns:1fr;gap:0}.bar{width:4rem}main,header{padding-left:.7rem;padding-right:.7rem}}
@media screen and (min-width:75rem){main,.group{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));grid-auto-flow:dense;gap:1.1rem}main{margin-top:1.1rem}
:is(main,.group)>section{margin:0}:is(main,.group)>section:has(figure+figure,.broad,.halves,.beside,pre,td:nth-child(7)),:is(main,.group)>:not(section){grid-column:1/-1}}
@media print{
body{background:none;font-size:10.5pt}main,header{max-width:none;padding:0}header{padding-top:0}
section{border:0;border-top:1px solid var(--rule);border-radius:0;padding:.7rem 0;margin:.6rem 0}
figure,tr,li,.tile,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}
details:not([open]){display:none}.figures{grid-template-columns:1fr 1fr}
.wide{overflow:visible}
}
`;
