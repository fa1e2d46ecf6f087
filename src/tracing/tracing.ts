import { setTimeout as pause } from 'node:timers/promises';

/** Ends the tracing of this process. Sends remaining spans if that is quick; never fails. */
export type StopTracing = () => Promise<void>;

const LAST_OUTPUT_MS = 300;

/** How long the last spans may delay the end of a process, in milliseconds. */
const LAST_SPANS_MS = 700;

/**
 * Starts OpenTelemetry if `OTEL_EXPORTER_OTLP_ENDPOINT` is set; its other variables are OpenTelemetry's own. Otherwise returns undefined and
 * loads nothing of its SDK. Errors in tracing change no result: if the collector is down, spans are lost.
 * @param service the name of this process, unless `OTEL_SERVICE_NAME` is set
 */
export async function startTracing(
  service: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StopTracing | undefined> {
  const wanted = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (!wanted || env['OTEL_SDK_DISABLED'] === 'true') return undefined;
  try {
    const shutdown = await start(env['OTEL_SERVICE_NAME'] ?? service);
    return () => Promise.race([shutdown().catch(() => undefined), pause(LAST_SPANS_MS, undefined, { ref: false })]);
  } catch (error) {
    process.stderr.write(`tracing is off: ${(error as Error).message}; check OTEL_EXPORTER_OTLP_…\n`);
    return undefined;
  }
}

async function start(service: string): Promise<() => Promise<void>> {
  const [
    { BatchSpanProcessor, NodeTracerProvider },
    { OTLPTraceExporter },
    { resourceFromAttributes },
    { proxyAgent },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('../http/proxy-agent.js'),
  ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ httpAgentOptions: () => proxyAgent({ keepAlive: true }) })),
    ],
  });
  provider.register();
  return () => provider.shutdown();
}

/** Ends the process after flushing its output: a collector that does not respond would delay it by seconds. */
export async function endProcess(): Promise<never> {
  const flushed = [process.stdout, process.stderr].map(
    (stream) =>
      new Promise<void>((resolve) => {
        stream.on('error', () => resolve());
        stream.write('', () => resolve());
      }),
  );
  await Promise.race([Promise.all(flushed), pause(LAST_OUTPUT_MS)]);
  process.exit();
}
