/** How the report looks: light and dark, on a screen and on paper. Colours never stand alone: a word is beside each. */

const light = `
  --back: #ffffff; --raised: #f6f7f9; --line: #d5d9e0; --text: #1c2128; --soft: #57606a; --link: #0b57d0;
  --ready: #11663a; --ready-back: #d8f3e3; --partial: #7a4a00; --partial-back: #fdecc8;
  --unknown: #5a32a3; --unknown-back: #ece3fb; --blocked: #a3131d; --blocked-back: #fde0e0;
  --folded: #57606a; --folded-back: #e6e9ed; --edge: #8b949e; --focus: #0b57d0; --tint: 86%; --ink: 26%;`

const dark = `
  --back: #0f1318; --raised: #171c23; --line: #343b45; --text: #e4e8ee; --soft: #9ea7b3; --link: #8ab4f8;
  --ready: #7fdba6; --ready-back: #123524; --partial: #f3c26b; --partial-back: #3b2a0c;
  --unknown: #c5a9f7; --unknown-back: #2d2148; --blocked: #ff9c9c; --blocked-back: #45171b;
  --folded: #9ea7b3; --folded-back: #262c35; --edge: #6b7480; --focus: #8ab4f8; --tint: 24%; --ink: 82%;`

const page = `
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem clamp(1rem, 3vw, 3rem) 4rem; background: var(--back);
  color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.1rem; margin: 0 0 1rem; } h1 small { font-weight: 400; color: var(--soft); margin-left: .5rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .75rem; } h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h1, h2, h3, td, th, li, p, dd, code { overflow-wrap: anywhere; }
a { color: var(--link); } p { margin: .4rem 0; } ul { margin: .4rem 0; padding-left: 1.2rem; }
code { font: .88em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
small { font-size: .82em; color: var(--soft); } .aside { color: var(--soft); font-size: .92em; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; }
footer { margin-top: 3rem; color: var(--soft); font-size: .9em; border-top: 1px solid var(--line); }
.lead { border: 1px solid var(--line); border-left: 6px solid var(--ready); border-radius: 8px; padding: .9rem 1.2rem; background: var(--raised); }
.lead.bad { border-left-color: var(--blocked); } .lead h2 { margin: 0; } .lead p { margin: .25rem 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; font-size: .88em; white-space: nowrap; } tbody th { font-weight: 500; min-width: 10rem; }
th small { display: block; font-weight: 400; } .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.slice th { color: var(--soft); font-weight: 400; }
.verdict, .tag { display: inline-block; border-radius: 999px; padding: .05rem .6rem; font-size: .86em; font-weight: 600;
  text-decoration: none; white-space: nowrap; color: var(--folded); background: var(--folded-back); }
a.verdict:hover { text-decoration: underline; }
.verdict.ready, .verdict.match { color: var(--ready); background: var(--ready-back); }
.verdict.partial, .verdict.drift, .tag.warning { color: var(--partial); background: var(--partial-back); }
.verdict.unknown, .tag.note { color: var(--unknown); background: var(--unknown-back); }
.verdict.blocked, .verdict.mismatch, .tag.error { color: var(--blocked); background: var(--blocked-back); }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; color: var(--soft); font-size: .88em; }
details.model { border-top: 2px solid var(--line); margin-top: 2rem; padding-top: .5rem; }
summary { cursor: pointer; } summary h2 { display: inline; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem; margin: 1rem 0; }
.facts dt { color: var(--soft); font-size: .82em; } .facts dd { margin: 0; }
.reasons { list-style: none; padding: 0; } .reason { border-left: 4px solid var(--line); padding: .1rem 0 .1rem .9rem; margin: .9rem 0; }
.reason.error { border-color: var(--blocked); } .reason.warning { border-color: var(--partial); } .reason.note { border-color: var(--unknown); }
.reason dl { margin: .3rem 0; } .reason dl div { display: grid; grid-template-columns: 4.5rem 1fr; gap: .5rem; }
.reason dt { color: var(--soft); } .reason dd { margin: 0; } .nodes { columns: 22rem; list-style: none; padding: 0; }
.strip { display: flex; flex-wrap: wrap; gap: 2px; margin-top: .3rem; }
.heat { display: inline-block; min-width: 3.2rem; padding: 0 .3rem; font-size: .78em; text-align: center; color: #14181d; border-radius: 3px; }
.h0 { background: #e8eef4; } .h1 { background: #dfe9e4; } .h2 { background: #d6e8c8; } .h3 { background: #e6eab0; } .h4 { background: #f6e69a; }
.h5 { background: #fbcf86; } .h6 { background: #fbb27c; } .h7 { background: #f79a86; } .h8 { background: #f48a9a; }
.chart { width: 100%; max-width: 52rem; height: auto; display: block; font-size: 12px; } .scroll + .chart { margin-top: 1rem; }
.chart text { fill: var(--text); } .chart .tick { fill: var(--soft); font-size: 11px; } .grid { stroke: var(--line); }
.sample { fill: var(--link); opacity: .45; } .beyond { fill: none; stroke: var(--link); opacity: .8; } .interval { fill: var(--partial-back); stroke: var(--partial); opacity: .7; } .median { stroke: var(--blocked); stroke-width: 2; }
.point { fill: var(--back); stroke: var(--link); stroke-width: 2; } .point.best { fill: var(--link); }
.bar { width: 8rem; height: .7rem; } .track { fill: var(--folded-back); } .fill { fill: var(--link); }`

const picture = `
.graph { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.noscript { padding: 1rem; color: var(--soft); } .graph .tools { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: end; padding: .6rem .8rem; background: var(--raised); border-bottom: 1px solid var(--line); }
.tools label { display: grid; font-size: .78em; color: var(--soft); gap: .1rem; } .tools .grow { flex: 1 1 12rem; }
.graph button, .graph select, .graph input { font: inherit; font-size: .92rem; color: var(--text); background: var(--back); border: 1px solid var(--edge); border-radius: 5px; padding: .25rem .55rem; min-height: 2rem; }
.graph button { cursor: pointer; } .graph button:hover { background: var(--folded-back); } .graph input { width: 100%; }
.stage { display: grid; grid-template-columns: minmax(0, 1fr) minmax(16rem, 24rem); height: min(75vh, 46rem); }
.canvas { position: relative; overflow: hidden; background: var(--back); touch-action: none; } .canvas svg { width: 100%; height: 100%; display: block; cursor: grab; }
.canvas.dragging svg { cursor: grabbing; } .side { overflow: auto; padding: .7rem .9rem; border-left: 1px solid var(--line); background: var(--raised); font-size: .9em; }
.side h4 { margin: .2rem 0 .4rem; font-size: 1rem; overflow-wrap: anywhere; } .side h5 { margin: .8rem 0 .2rem; font-size: .85rem; color: var(--soft); }
.side ul { list-style: none; padding: 0; margin: .2rem 0; } .side li { margin: .15rem 0; overflow-wrap: anywhere; }
.side button { min-height: 0; padding: .05rem .35rem; text-align: left; overflow-wrap: anywhere; } .side .results button { width: 100%; border-color: transparent; background: none; }
.side .results button:hover, .side .results button:focus-visible { border-color: var(--edge); }
.keys { padding: .35rem .8rem; font-size: .82em; color: var(--soft); border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-right: .3rem; vertical-align: -1px; border: 1.5px solid; }
.edge { fill: none; stroke: var(--edge); stroke-width: 1.3; } .tip { fill: var(--edge); } .far text { display: none; } .edge.on { stroke: var(--focus); stroke-width: 2.4; }
.box { cursor: pointer; } .box rect.body { fill: var(--back); stroke: var(--edge); stroke-width: 1.5; } .box text { fill: var(--text); font-size: 12px; pointer-events: none; }
.box .sub { fill: var(--soft); font-size: 10.5px; } .box.group rect.body { stroke-width: 2; } .box .mark { font-weight: 700; font-size: 11px; }
.box.t rect.body, .swatch.t { fill: var(--ready-back); background: var(--ready-back); stroke: var(--ready); border-color: var(--ready); } .box.t .mark, .part.t { fill: var(--ready); }
.box.h rect.body, .swatch.h { fill: var(--partial-back); background: var(--partial-back); stroke: var(--partial); border-color: var(--partial); } .box.h .mark, .part.h { fill: var(--partial); }
.box.f rect.body, .swatch.f { fill: var(--folded-back); background: var(--folded-back); stroke: var(--folded); border-color: var(--folded); stroke-dasharray: 4 3; } .box.f .mark, .part.f { fill: var(--folded); }
.box.b rect.body, .swatch.b { fill: var(--blocked-back); background: var(--blocked-back); stroke: var(--blocked); border-color: var(--blocked); } .box.b .mark, .part.b { fill: var(--blocked); }
.box.u rect.body, .swatch.u { fill: var(--unknown-back); background: var(--unknown-back); stroke: var(--unknown); border-color: var(--unknown); } .box.u .mark, .part.u { fill: var(--unknown); }
.box.p rect.body { fill: hsl(var(--hue) 60% var(--tint)); stroke: hsl(var(--hue) 55% 45%); } .part.p { fill: hsl(var(--hue) 55% 45%); }
.box.io rect.body { fill: var(--raised); stroke: var(--soft); }
.box:focus { outline: none; } .box.chosen rect.body, .box:focus-visible rect.body { stroke: var(--focus); stroke-width: 3.5; stroke-dasharray: none; } .box.found rect.body { stroke-width: 3.5; }
@media (max-width: 60rem) { .stage { grid-template-columns: 1fr; height: auto; } .canvas { height: 60vh; } .side { border-left: 0; border-top: 1px solid var(--line); max-height: 50vh; } }`

const paper = `
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; } nav, .skip, .tools, .keys, .side { display: none; }
  .scroll { overflow: visible; } table { font-size: 7.5pt; } th, td { padding-right: .35rem; } thead th { white-space: normal; overflow-wrap: normal; } tbody th { min-width: 0; } .stage { display: block; height: 16cm; } .canvas { height: 16cm; } a { color: inherit; text-decoration: none; }
  .reason, tr, .lead, .chart { break-inside: avoid; } details.model { break-before: page; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`

export const style = `:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { ${light} } }
${page}${picture}${paper}
`
