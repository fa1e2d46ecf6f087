import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type WorkerOptions } from '@temporalio/worker';
import { findTemporalBinary } from '../../dev/embedded/temporal-binary.js';
import { searchAttributeTypes } from '../../src/temporal/search-attributes.js';
import { sourceBundle } from '../../src/worker/make-bundle.js';
import { WORKFLOWS_PATH } from '../../src/worker/workflow-code.js';
import { speaking, startLane, type Lane, type LaneOptions } from './lane.js';
import { remembering } from './tell-cases.js';

/** What workers run: the lifecycles, bundled once. */
export const bundled = lazily(() => sourceBundle(WORKFLOWS_PATH));

/** This server holds search attributes for all namespaces and cannot list them, so the service's own way to register them does not work here. */
const TYPE_NUMBERS = { Keyword: 2, KeywordList: 7, Datetime: 6, Bool: 5 };
const searchAttributes = Object.fromEntries(
  Object.entries(searchAttributeTypes).map(([name, type]) => [name, TYPE_NUMBERS[type]]),
);

const A_MINUTE = 60_000;
const A_DAY = 24 * 60 * A_MINUTE;
const QUIET_MS = 10 * A_MINUTE;
/** Real time that no skip takes. */
const STUCK_MS = 2 * A_MINUTE;

export interface TimeSkipping {
  /**
   * A namespace with a sandbox, a worker and a client of its own: cases on different lanes share nothing but the time.
   * @param worker options of the worker, on top of ours
   */
  lane(options?: LaneOptions, worker?: Partial<WorkerOptions>): Promise<Lane>;
  /**
   * Lets virtual time pass, at Temporal and in every lane's sandbox. The server stops skipping for good once a child that outlived its parent
   * has ended: no test that skips comes after one that ends a customer's case.
   */
  skip(milliseconds: number): Promise<void>;
  /** Keeps out of the last minutes of a UTC day, so that what a test does within minutes is done on one day. */
  avoidMidnight(): Promise<void>;
  /** Takes back all faults that tests set in the sandboxes and that no call has met. */
  takeBackFaults(): Promise<void>;
  /** Virtual time, in milliseconds since 1970. */
  now(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a Temporal server whose time stands in for days; it runs with the clock until `skip` is called. */
export async function startTimeSkipping(): Promise<TimeSkipping> {
  quiet();
  const [{ path }, workflowBundle] = await Promise.all([findTemporalBinary('temporal-test-server'), bundled()]);
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await follow(environment).catch(async (error: unknown) => {
    await environment.teardown();
    throw error;
  });
  await environment.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  const lanes: Lane[] = [];
  let opened = 0;
  const synchronize = async (): Promise<void> => {
    const now = new Date(await environment.currentTimeMs());
    await Promise.all(lanes.map((lane) => lane.finhub.moveClockTo(now)));
  };
  const skip = async (milliseconds: number): Promise<void> => {
    let patience: NodeJS.Timeout | undefined;
    const stuck = new Promise<never>((_, reject) => {
      const why = 'time does not skip: somebody holds a task, or a child that outlived its parent has ended';
      patience = setTimeout(() => reject(new Error(why)), STUCK_MS);
    });
    await Promise.race([environment.sleep(milliseconds), stuck]).finally(() => clearTimeout(patience));
    await synchronize();
  };
  return {
    async lane(options = {}, worker = {}) {
      opened += 1;
      const namespace = `lane-${opened}`;
      const lane = await startLane(
        {
          connection: environment.nativeConnection,
          temporal: remembering({ connection: environment.connection, namespace, ...speaking(namespace) }),
          worker: { workflowBundle, ...worker },
        },
        options,
      );
      lanes.push(lane);
      await synchronize();
      return lane;
    },
    skip,
    async avoidMidnight() {
      const left = A_DAY - ((await environment.currentTimeMs()) % A_DAY);
      if (left < QUIET_MS) await skip(left + A_MINUTE);
    },
    takeBackFaults: async () => void (await Promise.all(lanes.map((lane) => lane.finhub.clearFaults()))),
    now: () => environment.currentTimeMs(),
    async stop() {
      try {
        await Promise.all(lanes.map((lane) => lane.stop()));
      } finally {
        await environment.teardown();
      }
    },
  };
}

/** Moves the server's clock to this process's own, which may be set ahead; it takes no time at its start and never goes back. */
async function follow(environment: TestWorkflowEnvironment): Promise<void> {
  const behind = Date.now() - (await environment.currentTimeMs());
  if (behind < -A_MINUTE)
    throw new Error("the clock is set to the past, where Temporal's test server cannot go: set it ahead");
  if (behind > A_MINUTE) await environment.sleep(behind);
}

/** The SDK's log lines of what a test provokes on purpose would bury the tests' own. */
export const quiet = lazily(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: { level: 'ERROR' } } },
  });
});

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
