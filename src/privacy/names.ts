import anyAscii from 'any-ascii';

/** Letters that German and Nordic names also write as two. */
const TWO_LETTERS: Partial<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe', æ: 'ae' };
/** Single names shorter than this appear in many ids by chance. */
const SHORTEST_SINGLE = 4;

/** The words of a text in ASCII, in all usual spellings: `Müller` is `muller` and `mueller`. */
function spellings(text: string): string[][] {
  const lower = text.normalize('NFC').toLowerCase();
  const two = lower.replaceAll(/[äöüåøæ]/g, (letter) => TWO_LETTERS[letter]!);
  return [lower, two].map((one) => wordsOf(anyAscii(one)));
}

function wordsOf(ascii: string): string[] {
  return ascii
    .toLowerCase()
    .replaceAll(/['’`]/g, '')
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

/**
 * Whether an id contains a person's name: both parts are whole words in it, or one word together. Parts of words do not count, so
 * `canalisation-0007` does not contain Ana Li.
 * @param name first and last name, or a single name
 */
export function spellsName(id: string, name: readonly string[]): boolean {
  const words = wordsOf(id);
  const parts = name.map(spellings).filter(([plain]) => plain!.length > 0);
  if (parts.length === 0) return false;
  if (parts.length === 1) {
    return parts[0]!.some((spelt) => spelt.join('').length >= SHORTEST_SINGLE && isIn(words, spelt));
  }
  return ways(parts).some((way) => way.every((part) => isIn(words, part)) || isRunTogether(words, way));
}

function isIn(words: readonly string[], part: readonly string[]): boolean {
  return part.every((word) => words.includes(word)) || words.includes(part.join(''));
}

function isRunTogether(words: readonly string[], way: readonly string[][]): boolean {
  const parts = way.map((part) => part.join(''));
  return words.includes(parts.join('')) || words.includes([...parts].reverse().join(''));
}

/** All combinations of spellings. */
function ways(parts: readonly string[][][]): string[][][] {
  return parts.reduce<string[][][]>((all, part) => all.flatMap((way) => part.map((spelt) => [...way, spelt])), [[]]);
}
