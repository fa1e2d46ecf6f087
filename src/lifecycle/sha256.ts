/*
 * SHA-256 (FIPS 180-4) in plain code: workflows hash the evidence a decision is bound to, and have neither node:crypto nor Web Crypto.
 * Short inputs only; `test/review.test.ts` holds it against node:crypto.
 */

const PRIMES = firstPrimes(64);
const fraction = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) | 0;
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUNDS = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

function padded(message: Uint8Array): DataView {
  const view = new DataView(new ArrayBuffer((((message.length + 8) >> 6) + 1) << 6));
  message.forEach((byte, index) => view.setUint8(index, byte));
  view.setUint8(message.length, 0x80);
  view.setUint32(view.byteLength - 4, message.length * 8);
  return view;
}

function compress(state: number[], block: DataView, offset: number): number[] {
  const w = new Int32Array(64);
  for (let t = 0; t < 64; t++) {
    if (t < 16) {
      w[t] = block.getInt32(offset + t * 4);
      continue;
    }
    const [w15, w2] = [w[t - 15]!, w[t - 2]!];
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t++) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[t]! + w[t]!) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word + state[index]!) | 0);
}

/** Hex digest of the UTF-8 form of `text`. */
export function sha256(text: string): string {
  const block = padded(new TextEncoder().encode(text));
  let state = INITIAL;
  for (let offset = 0; offset < block.byteLength; offset += 64) state = compress(state, block, offset);
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
