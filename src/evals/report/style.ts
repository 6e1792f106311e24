/** The look of a report: one column of calm type, light or dark as the reader's system is, fit for 360 pixels and for paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1c1d20; --muted: #62615c; --line: #dcd9d1; --track: #e9e6de;
  --good: #1d6b59; --bad: #a13f2a; --wash: #eef4f1; --wash-bad: #f8ece8; --chip: #ece9f4; --chip-ink: #4a3f78;
  --s1: #8a5a14; --s2: #3d5a98; --s3: #8c3f6d; --s4: #4f6b1f; --s5: #5b5b5b;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141517; --card: #1b1c1f; --ink: #e9e7e2; --muted: #a3a19a; --line: #34353a; --track: #2b2c31;
    --good: #6cc3a7; --bad: #eb9077; --wash: #18251f; --wash-bad: #2b1b17; --chip: #2a2640; --chip-ink: #c5baf2;
    --s1: #d9a557; --s2: #8fabe6; --s3: #d992bc; --s4: #a9c673; --s5: #b5b5b5;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--sans); }
main { max-width: 52rem; margin: 0 auto; padding: clamp(1.5rem, 6vw, 5rem) clamp(1rem, 5vw, 2rem) 4rem; }
h1, h2, h3 { text-wrap: balance; font-weight: 600; }
h1 { font: 400 clamp(1.7rem, 5.4vw, 2.9rem)/1.2 var(--serif); letter-spacing: -.012em; margin: .6rem 0 1rem; }
h2 { font: 400 1.55rem/1.3 var(--serif); margin: 0 0 .4rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
.episode h3 { font-size: .8rem; margin: 0 0 .4rem; color: var(--muted); letter-spacing: .02em; }
p { margin: 0 0 .9rem; max-width: 42rem; }
section { margin-top: clamp(2.6rem, 7vw, 4.2rem); }
.muted, .eyebrow, figcaption, caption { color: var(--muted); }
.eyebrow { font-size: .875rem; margin: 0; display: flex; flex-wrap: wrap; gap: .35rem .8rem; align-items: center; }
.state { font-weight: 600; padding: .1rem .65rem; border-radius: 1rem; color: var(--good); background: var(--wash); border: 1px solid currentColor; }
.state.refused { color: var(--bad); background: var(--wash-bad); }
.lead { font-size: 1.125rem; line-height: 1.55; }
.reasons { border-left: 3px solid var(--bad); background: var(--wash-bad); padding: .9rem 1rem .9rem 2.1rem; margin: 1.2rem 0; border-radius: 0 .4rem .4rem 0; }
.reasons li { margin: .2rem 0; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: 1px; margin: 2.2rem 0 0; background: var(--line); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
.figures div { flex: 1 1 8.5rem; display: flex; flex-direction: column; justify-content: space-between; background: var(--card); padding: .9rem 1rem 1rem; }
.figures dt { font-size: .85rem; color: var(--muted); line-height: 1.35; }
.figures dd { margin: .25rem 0 0; font: 400 1.5rem/1.2 var(--serif); font-variant-numeric: tabular-nums; }
figure { margin: 1.2rem 0; }
figcaption { font-size: .875rem; margin-top: .5rem; max-width: 42rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.2rem 2rem; }
.wide { overflow-x: auto; }
.wide:focus-visible, .screen:focus-visible, summary:focus-visible, button:focus-visible, a:focus-visible { outline: 2px solid var(--s2); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; margin: .4rem 0 1rem; }
caption { text-align: left; font-size: .875rem; padding-bottom: .4rem; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(100%, 88vw); }
td { white-space: nowrap; }
td.long { white-space: normal; min-width: 9rem; overflow-wrap: anywhere; }
th, td { padding: .45rem .9rem .45rem 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; min-width: 5rem; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; color: var(--muted); font-size: .8rem; line-height: 1.3; vertical-align: bottom; }
tbody th { font-weight: 400; }
.yes { color: var(--good); font-weight: 600; }
.no { color: var(--bad); font-weight: 600; }
.bars { display: grid; gap: .55rem; }
.bar { display: grid; grid-template-columns: 7.5rem 1fr 4.2rem; gap: .8rem; align-items: center; font-variant-numeric: tabular-nums; }
.bar svg { width: 100%; height: 1.625rem; display: block; }
.bar-name { overflow-wrap: anywhere; line-height: 1.25; }
.bar-value { text-align: right; font-weight: 600; white-space: nowrap; }
.scale { font-size: .75rem; color: var(--muted); }
.scale-marks { display: flex; justify-content: space-between; }
.plot { width: 100%; max-width: 45rem; height: auto; display: block; }
svg text { font: 12px var(--sans); fill: var(--muted); font-variant-numeric: tabular-nums; }
svg .label { fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; fill: none; }
.axis { stroke: var(--muted); stroke-width: 1; fill: none; }
.ideal { stroke: var(--muted); stroke-width: 1.2; stroke-dasharray: 4 4; fill: none; }
.track { fill: var(--track); }
.fill { fill: var(--good); }
.fill.missed { fill: var(--bad); }
.whisker { stroke: var(--ink); stroke-width: 1.5; fill: none; vector-effect: non-scaling-stroke; }
.asked { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 3 3; fill: none; vector-effect: non-scaling-stroke; }
.curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke: var(--good); }
.dot { fill: var(--good); }
.dot.ring { fill: var(--paper); stroke: var(--good); stroke-width: 2; }
.band { fill: var(--good); opacity: .16; }
.curve.s1 { stroke: var(--s1); } .curve.s2 { stroke: var(--s2); } .curve.s3 { stroke: var(--s3); } .curve.s4 { stroke: var(--s4); } .curve.s5 { stroke: var(--s5); }
.dot.s1 { fill: var(--s1); } .dot.s2 { fill: var(--s2); } .dot.s3 { fill: var(--s3); } .dot.s4 { fill: var(--s4); } .dot.s5 { fill: var(--s5); }
.episode { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); margin: .55rem 0; }
.episode summary { cursor: pointer; padding: .65rem 1rem; overflow-wrap: anywhere; }
.episode[open] summary { border-bottom: 1px solid var(--line); }
.episode > :not(summary) { margin-left: 1rem; margin-right: 1rem; overflow-wrap: anywhere; }
.why { font-weight: 600; }
.goal { margin-top: .9rem; }
.stepper { display: flex; flex-wrap: wrap; gap: .5rem .7rem; align-items: center; margin: .9rem 0 .3rem; }
.stepper[hidden] { display: none; }
.position { min-width: 4.5rem; text-align: center; font-variant-numeric: tabular-nums; }
button { font: inherit; font-size: .9rem; padding: .35rem .8rem; min-height: 2.2rem; border: 1px solid var(--muted); border-radius: .4rem; background: transparent; color: inherit; cursor: pointer; }
button:hover:not(:disabled) { background: var(--track); }
button:disabled { opacity: .45; cursor: default; }
.steps { list-style: none; margin: .6rem 0; padding: 0; }
.step { padding: .7rem 0; border-top: 1px solid var(--line); }
.step-parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .8rem 1.4rem; }
.text { font: .84rem/1.55 var(--mono); }
.text p { margin: 0; max-width: none; }
.screen { max-height: 22rem; overflow: auto; background: var(--paper); border-radius: .4rem; padding: .6rem .8rem; min-width: 0; }
.deed { min-width: 0; }
.thought { color: var(--muted); font-style: italic; }
.reference { background: var(--chip); color: var(--chip-ink); border-radius: .25rem; padding: 0 .2rem; white-space: nowrap; }
.word { font-weight: 600; }
.echo { color: var(--good); }
.insight { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .7rem 0 0; font-size: .85rem; }
.insight div { display: flex; gap: .4rem; align-items: center; }
.insight dt { color: var(--muted); }
.insight dd { margin: 0; font-variant-numeric: tabular-nums; display: flex; gap: .4rem; align-items: center; }
.meter { width: 3.75rem; height: .5rem; }
.facts { display: grid; grid-template-columns: minmax(7rem, 11rem) 1fr; gap: .35rem 1.2rem; margin: .6rem 0; font-size: .92rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
code { font: .88em var(--mono); overflow-wrap: anywhere; }
footer { margin-top: 4rem; padding-top: 1.2rem; border-top: 1px solid var(--line); font-size: .875rem; color: var(--muted); }
@media (max-width: 30rem) {
  .bar { grid-template-columns: 1fr auto; gap: .1rem .8rem; }
  .bar svg, .scale-marks { grid-column: 1 / -1; grid-row: 2; }
  .scale > span:not(.scale-marks) { display: none; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .55rem; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --card: #ffffff; --ink: #000000; --muted: #444444; --line: #bbbbbb; --track: #e4e4e4;
    --good: #1d6b59; --bad: #a13f2a; --wash: #ffffff; --wash-bad: #ffffff; --chip: #eeeeee; --chip-ink: #333333;
    --s1: #8a5a14; --s2: #3d5a98; --s3: #8c3f6d; --s4: #4f6b1f; --s5: #5b5b5b;
  }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .stepper { display: none; }
  .screen { max-height: none; overflow: visible; }
  .wide { overflow: visible; }
  figure, tr, .figures, .step, .bar { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .track, .fill, .band, .state { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
