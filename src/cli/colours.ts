import pc from 'picocolors';

const { NO_COLOR, FORCE_COLOR } = process.env;
const wanted =
  !NO_COLOR && (FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY && process.env['TERM'] !== 'dumb');

/** Colours for people: on a terminal, or by FORCE_COLOR; never only because CI is set, where output is often piped. */
export const colours = pc.createColors(Boolean(wanted));
