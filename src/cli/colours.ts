import pc from 'picocolors';

const { NO_COLOR, FORCE_COLOR } = process.env;
const wanted =
  !NO_COLOR && (FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY && process.env['TERM'] !== 'dumb');

/** Colours on a terminal or with FORCE_COLOR. CI alone does not turn them on, because output is often piped there. */
export const colours = pc.createColors(Boolean(wanted));
