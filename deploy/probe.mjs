// node deploy/probe.mjs URL: exits 0 if a GET of the URL is answered with 2xx within 3 s. The slim image has neither curl nor wget.
const answer = await fetch(process.argv[2], { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
