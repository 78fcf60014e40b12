"""The style sheet of the campaign's page: quiet, legible, light and dark, and told apart by the colour-blind.

The colours are those of Okabe and Ito's set that differ in brightness too; none carries a meaning alone.
"""

from __future__ import annotations

from typing import Final

CSS: Final = """
:root {
  color-scheme: light;
  --paper: #ffffff; --ink: #1b1f24; --soft: #5c6570; --rule: #d9dee4; --grid: #eceff2; --tint: #f5f7f9;
  --answered: #0072b2; --unanswered: #8cc4e8; --placed: #a4acb5; --total: #3c454e; --failed: #d55e00;
  --unknown: #e0a100; --requests: #6f8fae; --bound: #b0301c; --warn: #a33b00;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: #14171b; --ink: #e8ebee; --soft: #a0a9b3; --rule: #363d45; --grid: #242a31; --tint: #1c2127;
    --answered: #4ba3e3; --unanswered: #33698f; --placed: #78828d; --total: #d3d9df; --failed: #f0813a;
    --unknown: #e8bd4a; --requests: #7d9cba; --bound: #ff8d78; --warn: #ff9d66;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.page { max-width: 960px; margin: 0 auto; padding: 40px 24px 56px; }
h1, h2, figcaption { line-height: 1.25; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h1 { margin: 0 0 4px; font-size: 30px; font-weight: 650; }
h2 { margin: 48px 0 12px; font-size: 19px; font-weight: 650; }
.hidden {
  position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;
}
p { margin: 0 0 8px; overflow-wrap: anywhere; }
.sub { color: var(--soft); max-width: 75ch; }
.notice {
  margin: 16px 0 0; padding: 8px 12px; border-left: 3px solid var(--unknown); background: var(--tint);
}
.figures {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(108px, 1fr)); gap: 20px 16px;
  margin: 28px 0 0; padding: 20px 0; border: solid var(--rule); border-width: 1px 0;
}
.figures dt { color: var(--soft); font-size: 13px; }
.figures dd { margin: 0; }
.figures .value {
  display: block; font-size: 26px; font-weight: 620; line-height: 1.25;
  font-variant-numeric: tabular-nums;
}
.figures .aside { display: block; color: var(--soft); font-size: 13px; }
.bad { color: var(--warn); }
figure { margin: 28px 0 0; break-inside: avoid; }
figcaption { font-size: 16px; font-weight: 620; }
figure .sub { margin: 2px 0 8px; font-size: 14px; }
.wide { overflow-x: auto; }
.wide:focus-visible { outline: 2px solid var(--answered); outline-offset: 2px; }
svg { display: block; width: 100%; min-width: 600px; height: auto; }
.legend {
  display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 0 0 4px; padding: 0; list-style: none;
  font-size: 13px; color: var(--soft);
}
.legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.key {
  display: inline-block; width: 11px; height: 11px; margin-right: 6px; border-radius: 2px;
  vertical-align: -1px;
}
.key.dashed {
  height: 0; width: 16px; border-top: 2px dashed var(--bound); vertical-align: 4px; border-radius: 0;
}
.key.stroke { height: 3px; vertical-align: 3px; border-radius: 0; }
.key.answered { background: var(--answered); } .key.unanswered { background: var(--unanswered); }
.key.placed { background: var(--placed); } .key.failed { background: var(--failed); }
.key.total { background: var(--total); }
.key.unknown { background: var(--unknown); }
.key.requests { background: var(--requests); }
rect.answered { fill: var(--answered); } rect.unanswered { fill: var(--unanswered); }
rect.placed { fill: var(--placed); } rect.failed { fill: var(--failed); }
rect.unknown { fill: var(--unknown); } rect.requests { fill: var(--requests); }
rect.none { fill: transparent; }
g:hover > rect.none { fill: var(--tint); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line.answered { stroke: var(--answered); } .line.total { stroke: var(--total); }
line.axis { stroke: var(--soft); stroke-width: 1; } line.grid { stroke: var(--grid); stroke-width: 1; }
line.bound { stroke: var(--bound); stroke-width: 1.5; stroke-dasharray: 5 4; }
.tick { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.start { text-anchor: start; } .middle { text-anchor: middle; } .end { text-anchor: end; }
details { margin: 4px 0 0; font-size: 13px; }
summary { color: var(--soft); cursor: pointer; width: fit-content; }
summary:focus-visible { outline: 2px solid var(--answered); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; margin: 8px 0 0; font-size: 13.5px; }
caption { padding: 0 0 6px; text-align: left; color: var(--soft); }
th, td {
  padding: 5px 12px 5px 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top;
  font-weight: 400;
}
thead th { color: var(--soft); font-size: 13px; border-bottom-color: var(--rule); white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.t { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.text { overflow-wrap: anywhere; min-width: 16ch; }
td.bar { width: 32%; padding: 10px 0 0; }
thead td { border-bottom-color: var(--rule); }
td.bar svg { min-width: 60px; height: 10px; }
code { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; font-size: 14px; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
footer {
  margin: 48px 0 0; padding: 12px 0 0; border-top: 1px solid var(--rule); color: var(--soft);
  font-size: 13px;
}
@media (max-width: 640px) {
  .page { padding: 24px 16px 40px; } h1 { font-size: 25px; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin: 0 0 8px; }
}
@media print {
  @page { margin: 16mm 14mm; }
  .page { max-width: none; padding: 0; } body { font-size: 10.5pt; }
  details { display: none; }
  tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .wide { overflow: visible; }
  svg { min-width: 0; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""
