/** A Markdown table with columns of even width, as the formatter leaves it. */
export function markdownTable(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, at) => Math.max(3, title.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/**
 * A page with what stands between its two marks `<!-- NAME: made by npm run docs -->` and `<!-- end of NAME -->` replaced.
 * @throws Error if the marks are not there
 */
export function withPart(page: string, name: string, lines: string[]): string {
  const [begin, end] = [`<!-- ${name}: made by npm run docs -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no marks for "${name}"`);
  return [page.slice(0, from) + begin, '', ...lines, '', page.slice(to)].join('\n');
}
