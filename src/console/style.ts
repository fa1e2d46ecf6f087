import { createHash } from 'node:crypto';

/** One sheet for all pages: quiet, dense, light and dark, and readable at 320 px. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1c2126; --soft: #59636e; --line: #d5dae0; --wash: #f3f5f7;
  --link: #0b57a4; --late: #a4262c; --late-wash: #fbeceb; --ask: #7a4d00; --ask-wash: #fdf3dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15191d; --ink: #e4e8ec; --soft: #a3adb8; --line: #343b43; --wash: #1d2227;
    --link: #7ab8f5; --late: #ff9d96; --late-wash: #3a1f1f; --ask: #f0c674; --ask-wash: #33290f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 0.9375rem/1.45 system-ui, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 0.5rem; top: 0.5rem; background: var(--paper); padding: 0.5rem; }
.bar { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: center; padding: 0.4rem 1rem; border-bottom: 1px solid var(--line); background: var(--wash); }
.bar strong { margin-right: auto; }
.bar form { margin: 0; }
main { padding: 0.75rem 1rem 3rem; max-width: 90rem; margin: 0 auto; }
h1 { font-size: 1.25rem; margin: 0.25rem 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.1rem 0 0.3rem; }
.soft { color: var(--soft); }
.late { color: var(--late); font-weight: 600; }
.tags { display: flex; flex-wrap: wrap; gap: 0.35rem; margin: 0 0 0.75rem; padding: 0; list-style: none; }
.tags a { display: inline-block; min-height: 1.75rem; padding: 0.15rem 0.65rem; border: 1px solid var(--line); border-radius: 1rem; text-decoration: none; }
.tags a[aria-current] { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.ask { border-left: 4px solid var(--ask); background: var(--ask-wash); padding: 0.5rem 0.75rem; margin: 0 0 0.75rem; }
.ask.overdue { border-color: var(--late); background: var(--late-wash); }
.ask p { margin: 0.15rem 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); padding: 0.2rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--soft); font-size: 0.85rem; }
tbody tr:hover { background: var(--wash); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.15rem 0.9rem; margin: 0 0 0.5rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.sides { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 2rem; }
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 0 1.5rem; }
.people dl { grid-template-columns: 5.5rem 1fr; }
.log { list-style: none; margin: 0; padding: 0; }
.log li { padding: 0.3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
input, button { font: inherit; color: inherit; min-height: 2rem; padding: 0.15rem 0.6rem; border: 1px solid var(--soft); border-radius: 4px; background: var(--paper); }
button { cursor: pointer; }
.search { display: flex; gap: 0.4rem; margin: 0 0 0.75rem; max-width: 40rem; }
.next { margin: 0 0 0.75rem; }
.search input { flex: 1; min-width: 0; }
code { font-family: ui-monospace, monospace; font-size: 0.875em; overflow-wrap: anywhere; }
form.decide { border: 1px solid var(--line); padding: 0.25rem 0.75rem 0.5rem; margin: 0 0 0.75rem; max-width: 52rem; }
fieldset { border: 0; padding: 0; margin: 0.25rem 0; }
legend { font-weight: 600; padding: 0; }
label { display: block; margin: 0.35rem 0; }
label.choice { display: inline-block; margin: 0.25rem 1.25rem 0.25rem 0; min-height: 1.75rem; }
label.choice input { min-height: 0; }
textarea { display: block; width: 100%; font: inherit; color: inherit; padding: 0.3rem 0.6rem; border: 1px solid var(--soft); border-radius: 4px; background: var(--paper); }
select { font: inherit; color: inherit; min-height: 2rem; max-width: 100%; border: 1px solid var(--soft); border-radius: 4px; background: var(--paper); }
.pair { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.3rem 0; }
button.main { background: var(--link); border-color: var(--link); color: var(--paper); font-weight: 600; }
summary { cursor: pointer; min-height: 1.75rem; }

.tools { display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; align-items: center; margin: 0 0 0.5rem; }
.tools button { margin-right: 0.35rem; }
.paper { overflow: auto; max-height: 80vh; border: 1px solid var(--line); background: var(--wash); }
.paper img { display: block; max-width: 100%; height: auto; }
pre { overflow-x: auto; background: var(--wash); padding: 0.5rem; }
@media (max-width: 48rem) {
  .sides { grid-template-columns: minmax(0, 1fr); }
  dl { grid-template-columns: 1fr; }
  dt { margin-top: 0.25rem; }
  table.rows thead { position: absolute; left: -100rem; }
  table.rows tr { display: block; padding: 0.4rem 0; border-bottom: 1px solid var(--line); }
  table.rows td { display: inline-block; border: 0; padding: 0 0.8rem 0 0; }
  table.rows td:first-child { display: block; font-weight: 600; }
  table.rows td.number { text-align: left; }
  table.rows td:empty { display: none; }
}
@media print { .bar, .search, .tags { display: none; } }
@media (forced-colors: active) { .ask { border: 1px solid; } .tags a[aria-current] { outline: 2px solid; } }
`;

/** Named by its content, so that browsers may keep it for ever. */
export const STYLE_PATH = `/console/assets/${createHash('sha256').update(STYLE).digest('hex').slice(0, 16)}.css`;
