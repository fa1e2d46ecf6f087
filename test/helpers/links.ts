import { posix } from 'node:path';

/** A file of the project by its path from the root, with its text where that is of interest. */
export type Files = ReadonlyMap<string, string>;

/**
 * Relative links of Markdown files, and paths under `docs/` that any file names, that lead nowhere: the file is not there, or it has no such heading.
 * @returns one line for each, `FILE: LINK`
 */
export function brokenLinks(files: Files): string[] {
  const folders = new Set([...files.keys()].flatMap(parents));
  const isThere = (path: string): boolean => files.has(path) || folders.has(path);
  const leads = (path: string, heading: string | undefined): boolean =>
    isThere(path) && (heading === undefined || headingsOf(files.get(path) ?? '').has(heading));
  const broken = new Set<string>();
  for (const [file, text] of files) {
    if (file.endsWith('.md')) {
      for (const link of linksOf(text)) {
        const [path, heading] = split(link);
        if (!leads(path === '' ? file : posix.join(posix.dirname(file), path), heading)) broken.add(`${file}: ${link}`);
      }
    }
    for (const [named] of text.matchAll(/(?<![\w./-])docs\/[\w/-]+\.\w+(#[\w-]+)?/g)) {
      if (!leads(...split(named))) broken.add(`${file}: ${named}`);
    }
  }
  return [...broken];
}

function split(link: string): [path: string, heading: string | undefined] {
  const [path, heading] = link.split('#');
  return [decodeURIComponent(path!), heading];
}

function parents(path: string): string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? ['.'] : [folder, ...parents(folder)];
}

/** What stands in a code block or between backticks is no link and no heading. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)(```+)[\s\S]*?^\1\2 *$/gm, '');
}

function linksOf(text: string): string[] {
  const prose = withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z][a-z+.-]*:/.test(link));
}

/** The anchors that GitHub makes of the headings. */
function headingsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...withoutBlocks(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading]) => {
      const anchor = heading!
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .replaceAll(' ', '-');
      const earlier = seen.get(anchor) ?? 0;
      seen.set(anchor, earlier + 1);
      return earlier === 0 ? anchor : `${anchor}-${earlier}`;
    }),
  );
}
