/*
 * Text from outside reaches terminals, HTTP headers and FinHub. Characters that could act there are rejected at the intake and escaped when
 * printed. Plain code without imports, because workflows use it, too.
 */

/** Zero-width joiners are part of some languages' spelling; all other format characters only hide or reorder text. */
const FORMAT = /[\p{Cf}\u2028\u2029]/u;
const JOINERS = /[\u200c\u200d]/g;
const CONTROL = /\p{Cc}/u;
const LINE_BREAKS_AND_TABS = /[\n\r\t]/g;
/** Half of a UTF-16 pair, which UTF-8 cannot encode. */
const LONE_SURROGATE = /\p{Cs}/u;
const REPLACEMENT = '\ufffd';

/** The number of characters of a text; an emoji or a rare letter counts as one. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/**
 * What is wrong with a text, or undefined.
 * @param lines whether it may have line breaks and tabs, as notes and reasons do
 */
export function textFault(text: string, { lines = false } = {}): string | undefined {
  if (CONTROL.test(lines ? text.replaceAll(LINE_BREAKS_AND_TABS, '') : text)) {
    return 'contains a line break or another control character; remove it';
  }
  if (FORMAT.test(text.replaceAll(JOINERS, ''))) {
    return 'contains an invisible character that hides or reorders text; remove it';
  }
  if (LONE_SURROGATE.test(text)) return 'contains half a character; send the text as UTF-8';
  if (text.includes(REPLACEMENT)) return 'was garbled on its way (it contains U+FFFD); send the text as UTF-8';
  return undefined;
}

/** What keeps a text out of an HTTP header, or undefined: headers contain only printable ASCII. */
export function headerFault(text: string): string | undefined {
  return /^[\x20-\x7e]*$/.test(text)
    ? undefined
    : 'is sent as an HTTP header: only printable ASCII characters are allowed';
}

/** Characters that a terminal could act on. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** A text that is safe for a terminal: on one line, with dangerous characters as `\u{1b}`. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) =>
    /[\u200c\u200d]/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
