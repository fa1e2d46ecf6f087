/*
 * Text from outside reaches terminals, HTTP headers and FinHub. What could act there instead of being read is refused where it comes in, and
 * shown as an escape where it is printed. Plain code without imports, since workflows check messages with it as well.
 */

/** Zero-width joiners belong to the spelling of some languages; every other format character only hides or reorders text. */
const FORMAT = /[\p{Cf}\u2028\u2029]/u;
const JOINERS = /[\u200c\u200d]/g;
const CONTROL = /\p{Cc}/u;
const LINE_BREAKS_AND_TABS = /[\n\r\t]/g;
/** Half of a pair in UTF-16, which UTF-8 cannot carry. */
const LONE_SURROGATE = /\p{Cs}/u;
const REPLACEMENT = '\ufffd';

/** How many characters a text has; an emoji or a rare letter is one. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/**
 * What is wrong with a text, or undefined.
 * @param lines whether it may have line breaks and tabs, as notes and reasons do
 */
export function textFault(text: string, { lines = false } = {}): string | undefined {
  if (CONTROL.test(lines ? text.replaceAll(LINE_BREAKS_AND_TABS, '') : text)) {
    return 'holds a line break or another control character; remove it';
  }
  if (FORMAT.test(text.replaceAll(JOINERS, ''))) {
    return 'holds an invisible character that hides or reorders text; remove it';
  }
  if (LONE_SURROGATE.test(text)) return 'holds half a character; send the text as UTF-8';
  if (text.includes(REPLACEMENT)) return 'was garbled on its way (it holds U+FFFD); send the text as UTF-8';
  return undefined;
}

/** What keeps a text out of an HTTP header, or undefined: headers carry printable ASCII only. */
export function headerFault(text: string): string | undefined {
  return /^[\x20-\x7e]*$/.test(text) ? undefined : 'goes into an HTTP header: only printable ASCII characters can';
}

/** What a terminal could act on instead of showing it. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** A text as it may go to a terminal: on one line, with what could act there written as `\u{1b}`. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) =>
    /[\u200c\u200d]/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
