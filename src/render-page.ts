import { buffer } from 'node:stream/consumers';
import { CannotShow, pageOf, pngOf } from './rendering/page-image.js';

/*
 * Draws one page of a document, in a process of its own: `render-page MIME_TYPE PAGE`, the document on standard input. Prints how many pages
 * there are, then the picture; or why there is none.
 */
const [mimeType = '', page = '1'] = process.argv.slice(2);
try {
  const content = await buffer(process.stdin);
  const { pages, ...pixels } = await pageOf(content, mimeType, Number(page));
  process.stdout.write(`${pages}\n`);
  process.stdout.write(pngOf(pixels));
} catch (error) {
  process.stdout.write(`${error instanceof CannotShow ? error.why : 'unreadable'}\n`);
  process.exitCode = 1;
}
