import { PNG } from 'pngjs';

/** RGBA pixels, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** The widest that a page is shown; a document needs no more to be read, and no screen has more. */
const WIDEST = 1600;
/** Pixels that are decoded at most: a photograph has 12 to 48 millions. */
const MOST_PIXELS = 50_000_000;
/** Pixels of a page that is drawn. */
const MOST_DRAWN = 8_000_000;

/** Why a document cannot be shown. */
export type NotShown = 'unreadable' | 'tooLarge' | 'noSuchPage';

export class CannotShow extends Error {
  override readonly name = 'CannotShow';
  readonly why: NotShown;
  constructor(why: NotShown) {
    super(why);
    this.why = why;
  }
}

/**
 * One page of a document as pixels, and how many pages it has.
 * @param page from 1
 * @throws CannotShow, and whatever a decoder throws for what it cannot read
 */
export async function pageOf(content: Buffer, mimeType: string, page: number): Promise<Pixels & { pages: number }> {
  if (mimeType === 'application/pdf') return pdfPage(content, page);
  if (page !== 1) throw new CannotShow('noSuchPage');
  const pixels = mimeType === 'image/png' ? pngPixels(content) : await jpegPixels(content);
  return { ...narrowed(pixels), pages: 1 };
}

/** A new PNG: nothing of the original file is in it but what is seen. */
export function pngOf({ width, height, data }: Pixels): Buffer {
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return PNG.sync.write(png, { deflateLevel: 6 });
}

async function pdfPage(content: Buffer, page: number): Promise<Pixels & { pages: number }> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium');
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(content);
  const pages = document.getPageCount();
  if (page < 1 || page > pages) throw new CannotShow('noSuchPage');
  const drawn = document.getPage(page - 1);
  const { originalWidth: width, originalHeight: height } = drawn.getOriginalSize();
  const scale = Math.min(2, WIDEST / width, Math.sqrt(MOST_DRAWN / (width * height)));
  const { width: across, height: down, data } = await drawn.render({ scale, render: 'bitmap' });
  return { width: across, height: down, data, pages };
}

/** Offset of the width in a PNG: signature, then the length and name of its first chunk. */
const PNG_WIDTH_AT = 16;

function pngPixels(content: Buffer): Pixels {
  if (content.length < PNG_WIDTH_AT + 8) throw new CannotShow('unreadable');
  // Before anything is decoded: a file of some KB can stand for gigabytes.
  checkSize(content.readUInt32BE(PNG_WIDTH_AT), content.readUInt32BE(PNG_WIDTH_AT + 4));
  return PNG.sync.read(content);
}

async function jpegPixels(content: Buffer): Promise<Pixels> {
  const { decode } = await import('jpeg-js');
  const limits = { maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: 700 };
  return decode(content, { ...limits, useTArray: true, formatAsRGBA: true });
}

function checkSize(width: number, height: number): void {
  if (width === 0 || height === 0) throw new CannotShow('unreadable');
  if (width * height > MOST_PIXELS) throw new CannotShow('tooLarge');
}

/** No wider than pages are shown: each pixel is the mean of those that it stands for. */
function narrowed(pixels: Pixels): Pixels {
  const factor = Math.ceil(pixels.width / WIDEST);
  if (factor <= 1) return pixels;
  const width = Math.floor(pixels.width / factor);
  const height = Math.max(1, Math.floor(pixels.height / factor));
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < 4; channel += 1) {
        let sum = 0;
        for (let dy = 0; dy < factor; dy += 1) {
          const row = Math.min(y * factor + dy, pixels.height - 1) * pixels.width;
          for (let dx = 0; dx < factor; dx += 1) sum += pixels.data[(row + x * factor + dx) * 4 + channel]!;
        }
        data[(y * width + x) * 4 + channel] = sum / (factor * factor);
      }
    }
  }
  return { width, height, data };
}
