import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { EXAMPLES } from '../dev/demo/examples.js';
import { RenderingFailed, type Renderer } from '../src/rendering/renderer.js';
import { rendererOfSources } from './helpers/renderer.js';

/** A PDF of these objects, of which the first is the catalog. */
function pdf(objects: string[], trailer = ''): Buffer {
  let text = '%PDF-1.7\n';
  const offsets = objects.map((body, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
const stream = (body: string, dictionary = ''): string =>
  `<< ${dictionary} /Length ${body.length} >>\nstream\n${body}\nendstream`;

/** One page, with what it draws and the objects that it uses, from number 4 on. */
function onePage(
  content: string,
  { box = '0 0 600 800', resources = '', more = [] as string[], catalog = '' } = {},
): Buffer {
  const page = `<< /Type /Page /Parent 2 0 R /MediaBox [${box}] /Contents 4 0 R /Resources << ${resources} >> >>`;
  const tree = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';
  return pdf([`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`, tree, page, stream(content), ...more]);
}

/** A PNG that claims a size, with as many rows of nothing. */
function png(width: number, height: number, rows = height): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const body = deflateSync(Buffer.alloc(rows * (width * 4 + 1)), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

const PDF = 'application/pdf';

describe('a document is drawn, whatever it is', { timeout: 300_000 }, () => {
  let renderer: Renderer;
  before(async () => {
    renderer = await rendererOfSources();
  });
  const sizeOf = async (content: Buffer, type = PDF, page = 1) => {
    const { png: drawn, pages } = await renderer.page(content, type, page);
    const { width, height } = PNG.sync.read(drawn);
    return { width, height, pages };
  };
  const why = async (content: Buffer, type = PDF, by = renderer, page = 1): Promise<string> =>
    by.page(content, type, page).then(
      () => 'drawn',
      (error: unknown) => (error instanceof RenderingFailed ? error.why : String(error)),
    );

  test('as pages that are wide enough to read', async () => {
    const bill = await readFile(join(EXAMPLES, 'documents', 'registered-office.pdf'));
    const { width, height, pages } = await sizeOf(bill);
    assert.deepEqual([pages, width > 1000, height > width], [1, true, true]);
    const photograph = encode({ width: 4000, height: 3000, data: Buffer.alloc(48_000_000, 200) }, 60).data;
    assert.deepEqual(await sizeOf(photograph, 'image/jpeg'), { width: 1333, height: 1000, pages: 1 });
    assert.deepEqual(await sizeOf(png(40, 30), 'image/png'), { width: 40, height: 30, pages: 1 });
  });

  test('with a thousand pages, page by page', async () => {
    const kids = Array.from({ length: 1000 }, (_, index) => index + 3);
    const long = pdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] /Count 1000 >>`,
      ...kids.map(() => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] >>'),
    ]);
    assert.deepEqual(await sizeOf(long, PDF, 1000), { width: 600, height: 800, pages: 1000 });
    assert.equal(await why(long, PDF, renderer, 1001), 'noSuchPage');
  });

  test('with a script or a page as large as a town, within bounds', async () => {
    const catalog = '/OpenAction << /S /JavaScript /JS (app.alert(1); for (;;) {}) >>';
    assert.equal((await sizeOf(onePage('0 0 100 100 re f', { catalog }))).pages, 1);
    const { width, height } = await sizeOf(onePage('0 0 10 10 re f', { box: '0 0 14000 14000' }));
    assert.ok(width <= 1600 && height <= 1600, `${width} x ${height}`);
  });

  test('or is said to be what nobody can draw', async () => {
    const encrypted = '/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O (x) /U (y) >> /ID [(a) (b)]';
    const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>'];
    for (const [what, content, type, expected] of [
      ['encrypted', pdf(objects, encrypted), PDF, 'unreadable'],
      ['garbage', Buffer.from('%PDF-1.7 garbage'), PDF, 'unreadable'],
      ['a bomb', png(60_000, 60_000, 1), 'image/png', 'tooLarge'],
      ['cut off', png(100, 100).subarray(0, 40), 'image/png', 'unreadable'],
      ['no photograph', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), 'image/jpeg', 'unreadable'],
      ['nothing', Buffer.alloc(0), PDF, 'unreadable'],
    ] as const)
      assert.equal(await why(content, type), expected, what);
  });

  test('or takes too long, or too much, and then ends; others go on', async () => {
    const endless = onePage('/G gs ' + '0 0 600 800 re f '.repeat(3_000), {
      resources: '/ExtGState << /G << /ca 0.5 /BM /Luminosity >> >>',
    });
    const [impatient, small] = [
      await rendererOfSources({ milliseconds: 2000 }),
      await rendererOfSources({ megabytes: 90 }),
    ];
    const [slow, large, fine] = await Promise.all([
      why(endless, PDF, impatient),
      why(png(6000, 6000), 'image/png', small),
      why(onePage('0 0 100 100 re f')),
    ]);
    assert.deepEqual([slow, large, fine], ['tooSlow', 'tooMuchMemory', 'drawn']);
  });
});
