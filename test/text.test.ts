import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { caseText } from '../src/cli/case-text.js';
import { callText } from '../src/cli/operator/call.js';
import { printed } from '../src/cli/program.js';
import { shown, shownJson } from '../src/cli/printable.js';
import { readInside } from '../src/client/document-file.js';
import { FinHubError } from '../src/finhub/error.js';
import { TRIES_BEFORE_PAUSE } from '../src/finhub/breaker.js';
import { Transport } from '../src/finhub/transport.js';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { checkCorrected } from '../src/intake/corrected.js';
import { COUNTRIES, countryFault } from '../src/contract/countries.js';
import { ageFault, email, iban, password, phone } from '../src/contract/field-schemas.js';
import { faultsOf } from '../src/intake/faults.js';
import type { Application } from '../src/contract/application.js';
import { newCall, newCase } from '../src/lifecycle/new-case.js';
import type { CallState, LifecycleState } from '../src/lifecycle/case-state.js';
import type { HandCall } from '../src/lifecycle/hand-call.js';
import { parseMessage } from '../src/lifecycle/messages.js';
import { decide } from '../src/lifecycle/reducer.js';
import { caseViewOf } from '../src/lifecycle/status.js';
import { headerFault, printable, textFault } from '../src/contract/text.js';
import { isReadableId } from '../src/privacy/readable-id.js';
import { checkDocument } from '../src/store/document-check.js';
import { anIndividual, anOrganization } from './helpers/applications.js';

const HOSTILE = ['\u001b[2J', '\u202e', '\n', '\u0000', '\u009b', '\u2028', '\u200b', '\ufeff', '\ud800', '\ufffd'];
/** What a terminal acts on; written out, so that this does not repeat the code under test. */
const ACTS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

async function faults(kind: 'individual' | 'organization', patch: object): Promise<Map<string, string>> {
  const input = kind === 'individual' ? await anIndividual(patch) : await anOrganization(patch);
  return new Map(faultsOf(applicationSchemas[kind].safeParse(input).error).map(({ path, message }) => [path, message]));
}

describe('text from outside', () => {
  for (const bad of HOSTILE) {
    it(`with ${JSON.stringify(bad)} is refused in names, file names and headers`, async () => {
      const patch = {
        person: { firstName: `R${bad}ed`, address: { street: `S${bad}t` } },
        origin: { userAgent: `Mozilla${bad}/5` },
        documents: [{ type: 'PASSPORT', fileName: `pass${bad}.pdf`, content: 'JVBERi0=' }],
      };
      const found = await faults('individual', patch);
      for (const path of ['person.firstName', 'person.address.street', 'origin.userAgent', 'documents[0].fileName']) {
        assert.ok(found.has(path), path);
      }
    });

    it(`with ${JSON.stringify(bad)} is refused in messages`, () => {
      assert.throws(() => parseMessage('claim', { by: `op${bad}-1` }), /^Error: \$\.by: /);
      const note = { by: 'op-1', text: `one${bad}two` };
      if (bad === '\n') assert.deepEqual(parseMessage('note', note), note);
      else assert.throws(() => parseMessage('note', note), /\$\.text: /);
    });
  }

  it('in the scripts of the world is taken', async () => {
    for (const firstName of ['Rūta', 'Łukasz', 'Иван', '微信', 'نرگس\u200cسادات', 'Zoë', "O'Neil", 'Jean-Luc', '𠮷']) {
      assert.deepEqual([...(await faults('individual', { person: { firstName } }))], [], firstName);
    }
  });

  it('that becomes a header is printable ASCII, at every door', async () => {
    const evidence = { version: '1', acceptedAt: '2026-01-01T00:00:00Z', ipAddress: '192.0.2.1' };
    for (const userAgent of ['微信/8.0', 'Žmogus/1.0', '😀', 'a\r\nX-Evil: 1']) {
      assert.notEqual(headerFault(userAgent), undefined);
      assert.match(
        (await faults('individual', { origin: { userAgent } })).get('origin.userAgent') ?? '',
        /header|control/,
      );
      assert.throws(() => parseMessage('acceptConsents', { ...evidence, userAgent }), /\$\.userAgent: /);
    }
  });

  it('counts characters, not units of UTF-16', async () => {
    assert.deepEqual([...(await faults('individual', { person: { firstName: '😀'.repeat(100) } }))], []);
    const found = await faults('individual', { person: { firstName: '😀'.repeat(101) } });
    assert.equal(found.get('person.firstName'), 'has 101 characters; at most 100 are allowed');
  });

  it('cannot act on a terminal once it is escaped, and a program reads the same from JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(printable(text), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        const json = shownJson({ text });
        assert.doesNotMatch(json, ACTS);
        assert.deepEqual(JSON.parse(json), { text });
      }),
    );
    assert.equal(printable('R\u001b[31mED'), 'R\\u{1b}[31mED');
    assert.deepEqual(shown({ a: ['x\u202e'] }), { a: ['x\\u{202e}'] });
  });

  it('is escaped in what an operator sees of a case: file names, notes, reasons', async () => {
    const application = (await anIndividual({ documents: [] })) as unknown as Application;
    const evil = 'x\u001b[2J\u202e';
    const state: LifecycleState = {
      ...newCase('individual', { ...application, tenantId: 't' }, new Date()),
      notes: [{ at: evil, by: evil, text: evil }],
    };
    state.review.evidence.push({ documentId: 'd', type: evil, fileName: evil, mimeType: 'm', size: 1, sha256: 's' });
    state.review.customerReason = evil;
    const text = printed(false, { ...caseViewOf(state, new Date()), stopped: null }, caseText);
    assert.doesNotMatch(text, ACTS);
    assert.match(text, /x\\u\{1b\}\[2J/);
  });

  it('is escaped in what FinHub answered to a call by hand', () => {
    const call: HandCall = { tenantId: 't', operation: 'addDirector', callId: 'c', input: {}, by: 'op-2', reason: 'r' };
    const evil = 'x\u001b[2J\u202e';
    const called: CallState['called'] = { answer: { [evil]: evil }, provenance: { how: 'adopted', proof: evil } };
    for (const result of ['completed', 'failed'] as const) {
      const state: CallState = { ...newCall(call, new Date()), called, outcome: { result, reason: evil, at: evil } };
      assert.doesNotMatch(callText(caseViewOf(state, new Date())).replaceAll('\n', ''), ACTS);
    }
  });
});

describe('values from outside', () => {
  it('countries are the 249 that are assigned, with hints for others', () => {
    assert.equal(COUNTRIES.size, 249);
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    for (const code of COUNTRIES) assert.ok(names.of(code), code);
    for (const code of ['UK', 'EU', 'ZZ', 'SU', 'DD', 'AN', 'QQ', 'XK', 'lt', 'LTU', '']) {
      assert.notEqual(countryFault(code), undefined, code);
    }
    assert.match(countryFault('UK')!, /GB/);
    assert.match(countryFault('lt')!, /LT/);
  });

  for (const [id, firstName, lastName, isTaken] of [
    ['lukasz-wolowski-1', 'Łukasz', 'Wołowski', false],
    ['wolowskilukasz', 'Łukasz', 'Wołowski', false],
    ['juergen-mueller-1', 'Jürgen', 'Müller', false],
    ['jurgen.mueller', 'Jürgen', 'Müller', false],
    ['ivan-petrov-1', 'Иван', 'Петров', false],
    ['oneil_sean', 'Seán', "O'Neil", false],
    ['suharto-1', 'Suharto', '', false],
    ['canalisation-0007', 'Ana', 'Li', true],
    ['ana-li-7', 'Ana', 'Li', false],
    ['ivan-2026-1', 'Иван', 'Петров', true],
  ] as const) {
    it(`the id ${id} is ${isTaken ? 'taken' : 'refused'} for ${firstName} ${lastName}`, () => {
      assert.equal(isReadableId(id, { names: [[firstName, lastName]], contacts: [] }), isTaken);
    });
  }

  it('passwords are counted in ASCII classes, each of them needed', () => {
    assert.equal(password.safeParse('Zolw_2025x').success, true);
    for (const bad of [
      'Żółw_2025',
      'zolw_2025x',
      'ZOLW_2025X',
      'Zolw_abcdx',
      'Zolw2025x',
      'Zo_1',
      'Żolw_2025x',
      'Zolwż2025x',
    ]) {
      assert.equal(password.safeParse(bad).success, false, bad);
    }
  });

  it('phones and IBANs are taken as people write them', () => {
    assert.equal(phone.parse('+370 (600) 00-101'), '+37060000101');
    assert.equal(iban.parse('LT12\u00a01000\t0111 0100 1000'), 'LT121000011101001000');
    assert.equal(phone.safeParse('860000101').success, false);
  });

  it('mail domains outside ASCII go on in punycode', () => {
    assert.equal(email.parse(' ruta@münchen.example'), 'ruta@xn--mnchen-3ya.example');
    for (const bad of ['not-an-email', 'rūta@mail.example', '@münchen.example', 'a@b@c']) {
      assert.equal(email.safeParse(bad).success, false, bad);
    }
  });

  for (const [born, today, isOfAge] of [
    ['2008-12-01', '2026-11-30', false],
    ['2008-11-30', '2026-11-30', true],
    ['2008-02-29', '2026-02-28', false],
    ['2008-02-29', '2026-03-01', true],
    ['0001-01-01', '2026-03-01', false],
    ['1900-01-01', '2026-03-01', false],
    ['2026-03-02', '2026-03-01', false],
  ] as const) {
    it(`born ${born} is ${isOfAge ? '' : 'not '}taken on ${today}`, () => {
      assert.equal(ageFault(born, new Date(`${today}T00:00:00Z`)) === undefined, isOfAge);
    });
  }

  it('what would not be carried out is refused, and so is one account named twice', async () => {
    const { payments } = (await anIndividual()) as { payments: { beneficiaries: object[] } };
    const money = { value: '10.00', currency: 'EUR' };
    const topUp = { reference: 'top-1', amount: money, sourceIban: 'LT121000011101001000', sourceName: 'X' };
    assert.ok((await faults('individual', { payments: { topUp } })).has('payments.topUp'));
    assert.ok(
      (await faults('individual', { payments: { beneficiaries: [], transfer: null } })).has('payments.consent'),
    );
    const [one] = payments.beneficiaries;
    const twice = await faults('individual', {
      payments: { beneficiaries: [one, { ...one, ref: 'other', name: 'Y' }] },
    });
    assert.deepEqual([...twice.keys()], ['payments.beneficiaries[1].iban']);
  });

  it('the signatory is somebody of the application', async () => {
    assert.deepEqual([...(await faults('organization', { signatory: 'Nobody Atall' })).keys()], ['signatory']);
  });

  it('document types are those of FinHub, in any case', async () => {
    const documents = (type: string) => ({ documents: [{ type, fileName: 'p.pdf', content: 'JVBERi0=' }] });
    assert.deepEqual([...(await faults('individual', documents('passport')))], []);
    assert.ok((await faults('individual', documents('PASPORT'))).has('documents[0].type'));
  });

  it('a percentage with a sign gives one fault', async () => {
    const { shareholders } = await anOrganization();
    const [first, ...others] = shareholders;
    const found = await faults('organization', { shareholders: [{ ...first, ownershipPercentage: '40%' }, ...others] });
    assert.deepEqual([...found.keys()], ['shareholders[0].ownershipPercentage']);
  });

  it('no fault speaks as the schema library does', async () => {
    const found = await faults('individual', { submittedBy: 7, person: { firstName: '', address: 1 }, documents: {} });
    for (const message of found.values()) assert.doesNotMatch(message, /Invalid|expected string|Too (small|big)|>=|<=/);
    assert.ok(found.size >= 4);
  });
});

describe('a correction', () => {
  for (const [name, person] of Object.entries({
    'a birth date that no calendar has': { dateOfBirth: '31.02.1990' },
    'no e-mail address': { email: 'not-an-email' },
    'an e-mail address taken away': { email: null },
    'half a phone number': { phone: '86 000' },
    'an unassigned country': { nationality: 'UK' },
  })) {
    it(`with ${name} is refused by the rules of the intake`, async () => {
      const application = { ...(await anIndividual({ documents: [] })), tenantId: 't' } as unknown as Application;
      const checked = checkCorrected(application, { person });
      assert.equal(checked.faults.length, 1);
      const state = newCase('individual', application, new Date());
      const body = { correctedBy: 'backoffice', patch: { person } };
      const given = { at: new Date(), operators: new Map<string, never>(), signed: new Set<string>(), checked };
      const { state: next, answer } = decide(state, { name: 'correctApplication', body }, given);
      assert.equal(answer.accepted, false);
      assert.match(answer.detail, new RegExp(`person\\.${Object.keys(person)[0]}`));
      assert.equal(next.application, application);
    });
  }

  it('is kept in the form of the intake, and what it leaves alone stays as it is', async () => {
    const application = { ...(await anIndividual({ documents: [] })), tenantId: 't' } as unknown as Application;
    const patch = { person: { phone: '+370 600 00 111' } };
    const given = { at: new Date(), operators: new Map<string, never>(), signed: new Set<string>() };
    const { state } = decide(
      newCase('individual', application, new Date()),
      { name: 'correctApplication', body: { correctedBy: 'b', patch } },
      { ...given, checked: checkCorrected(application, patch) },
    );
    const corrected = state.application as typeof application & { person: { phone: string; address: object } };
    assert.equal(corrected.person.phone, '+37060000111');
    assert.equal(corrected.payments, application.payments);
  });

  it('may mend where the customer comes from', async () => {
    const application = { ...(await anIndividual({ documents: [] })), tenantId: 't' } as unknown as Application;
    const patch = { origin: { userAgent: 'Mozilla/5.0' } };
    const given = { at: new Date(), operators: new Map<string, never>(), signed: new Set<string>() };
    const message = { name: 'correctApplication' as const, body: { correctedBy: 'b', patch } };
    const { answer } = decide(newCase('individual', application, new Date()), message, {
      ...given,
      checked: checkCorrected(application, patch),
    });
    assert.ok(answer.accepted, answer.detail);
  });
});

describe('documents of a case', () => {
  const paper = (type: string, subject?: string) => {
    const documentId = `${type}-${subject}`;
    return {
      documentId,
      type,
      subject,
      fileName: 'a.pdf',
      mimeType: 'application/pdf',
      size: 9,
      sha256: 'a'.repeat(64),
    };
  };

  async function collecting(): Promise<LifecycleState> {
    const application = { ...(await anOrganization({ documents: [] })), tenantId: 't' } as unknown as Application;
    const state = newCase('organization', application, new Date());
    const phases = state.phases.map((phase) =>
      phase.name === 'verification' ? { ...phase, state: 'active' as const } : phase,
    );
    return { ...state, phases };
  }

  const given = { at: new Date(), operators: new Map<string, never>(), signed: new Set<string>() };
  const submit = (state: LifecycleState, ...documents: ReturnType<typeof paper>[]) =>
    decide(state, { name: 'submitDocuments', body: { submittedBy: 'customer', documents } }, given);

  it('of unknown people and types are refused', async () => {
    const state = await collecting();
    assert.match(
      submit(state, paper('DIRECTOR_ID', 'director-onna')).answer.detail,
      /"director-onna" does not match .*director-ona/,
    );
    assert.match(submit(state, paper('PASPORT')).answer.detail, /PASPORT/);
    assert.ok(submit(state, paper('DIRECTOR_ID', 'director-ona')).answer.accepted);
  });

  it('are told apart from those that the case has, with what is still missing', async () => {
    const state = await collecting();
    state.review.requested = [{ type: 'PASSPORT', subject: 'director-ona' }];
    const first = submit(state, paper('BANK_STATEMENT'));
    assert.match(first.answer.detail, /still missing: PASSPORT of director-ona/);
    const again = submit(first.state, paper('BANK_STATEMENT'));
    assert.deepEqual(
      [again.answer.accepted, again.answer.detail],
      [false, 'the case already has these documents; still missing: PASSPORT of director-ona'],
    );
  });
});

describe('the content of documents', () => {
  const png = (end: string) => {
    const head = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
    return Buffer.concat([head, Buffer.from('IHDR'), Buffer.alloc(21), Buffer.from(`\0\0\0\0${end}crc!`)]);
  };
  const pdf = (middle = '') => `%PDF-1.7\n1 0 obj\n<<>>\nendobj\n${middle}\n%%EOF\n`;
  for (const [name, content, why] of [
    ['a PDF after a byte order mark', `\ufeff${pdf()}`, /3 bytes before "%PDF-"/],
    ['a PDF after mail headers', `Subject: x\r\n\r\n${pdf()}`, /14 bytes before/],
    ['an encrypted PDF', pdf('trailer\n<< /Root 1 0 R /Encrypt 5 0 R >>'), /encrypted/],
    ['an encrypted PDF of newer form', pdf('<< /Type /XRef /Encrypt 5 0 R >>'), /encrypted/],
    ['half a PDF', pdf().slice(0, 20), /cut off/],
    ['a PDF of its first letters', '%PDF-', /cut off/],
    ['the first bytes of a PNG', png('IEND').subarray(0, 8), /no image header/],
    ['half a PNG', png('IDAT'), /cut off/],
    ['half a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2]), /cut off/],
  ] as const) {
    it(`is refused with its reason: ${name}`, () => {
      assert.throws(() => checkDocument(Buffer.from(content as Buffer)), why);
    });
  }
  it('is taken whole', () => {
    assert.equal(checkDocument(Buffer.from(pdf('(about /Encrypt 5 0 R in a text)'))), 'application/pdf');
    assert.equal(checkDocument(png('IEND')), 'image/png');
    assert.equal(checkDocument(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 0xff, 0xd9])), 'image/jpeg');
  });
});

describe('files that an application names', () => {
  let root: string;
  let folder: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'finhub-files-'));
    folder = join(root, 'in');
    await mkdir(join(folder, 'sub'), { recursive: true });
    await writeFile(join(root, 'secret.pdf'), 'secret');
    await writeFile(join(folder, 'sub', 'a.pdf'), 'content');
    await writeFile(join(folder, 'big.pdf'), Buffer.alloc(20 * 1024 * 1024 + 1));
    await symlink(join(root, 'secret.pdf'), join(folder, 'link.pdf'));
    await symlink('/dev/zero', join(folder, 'zero'));
    await symlink(join(folder, 'sub', 'a.pdf'), join(folder, 'inner.pdf'));
  });
  after(() => rm(root, { recursive: true }));

  it('are read where they stay inside the folder', async () => {
    assert.equal(String(await readInside(folder, 'sub/a.pdf')), 'content');
    assert.equal(String(await readInside(folder, 'inner.pdf')), 'content');
  });
  for (const [file, why] of [
    ['../secret.pdf', /outside the folder/],
    ['sub/../../secret.pdf', /outside the folder/],
    ['/dev/zero', /outside the folder/],
    ['link.pdf', /link/],
    ['zero', /link/],
    ['sub', /not a plain file/],
    ['big.pdf', /20971521 bytes/],
    ['none.pdf', /no file .*in.none\.pdf/],
  ] as const) {
    it(`are refused otherwise: ${file}`, async () => {
      await assert.rejects(readInside(folder, file), why);
    });
  }
});

describe('a request that cannot be built', () => {
  it('is a fault of its own, asks for no retry, and says nothing of the host', async () => {
    const transport = new Transport({ timeoutMs: 1000, maxConnections: 1 });
    const http = { operation: 'op', effect: true, method: 'GET', origin: 'http://127.0.0.1:9', path: '/' } as const;
    for (let times = 0; times <= TRIES_BEFORE_PAUSE; times += 1) {
      await assert.rejects(
        transport.send({ ...http, headers: { 'User-Agent': 'Žmogus' }, body: null }),
        (error: Error) => {
          assert.ok(error instanceof FinHubError);
          assert.deepEqual([error.kind, error.unclear], ['unsendable', false]);
          assert.doesNotMatch(error.message, /Žmogus/);
          return true;
        },
      );
    }
    await transport.close();
  });
});

it('a text of any kind is either refused or prints as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      if (textFault(text) === undefined) assert.equal(printable(text), text);
    }),
  );
});
