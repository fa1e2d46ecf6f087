import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import {
  defineSignal,
  setDefaultSignalHandler,
  setHandler,
  type WorkflowInterceptorsFactory,
  type WorkflowInternalsInterceptor,
} from '@temporalio/workflow';
import { SLOTS, unplace, Unreadable } from '../lifecycle/slots.js';

type Activation = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]['activation'];
type Signal = NonNullable<NonNullable<NonNullable<Activation['jobs']>[number]>['signalWorkflow']>;

/** Signals that come at once; more are a flood. */
const MANY = 8;

/** Names that the SDK keeps for itself; it fails the task, at each try, where one comes that it does not know. */
const RESERVED = '__temporal_';

const takers = new Map<string, (value: unknown) => void>();
let others: ((name: string) => void) | undefined;
/** Came before the workflow took any. */
const early: Signal[] = [];

/** Takes a Signal; what cannot be read comes as `Unreadable`. */
export function onSignal(name: string, take: (value: unknown) => void): void {
  takers.set(name, take);
  setHandler(defineSignal<[unknown]>(name), take);
}

/** Takes Signals of all other names. Comes after every {@link onSignal} of the workflow. */
export function onOtherSignals(take: (name: string) => void): void {
  others = take;
  setDefaultSignalHandler((name) => take(name));
  for (const signal of early.splice(0)) receive(signal);
}

/**
 * Takes floods of Signals in by a short way. The SDK's own costs some promises for each, and a stack trace for each promise: with thousands at
 * once a task takes too long, which ends the worker and all that it is at. In a flood no handler of the SDK's is asked; what is done is the same.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate(input, next) {
        const { activation } = input;
        const signals = (activation.jobs ?? []).filter(({ signalWorkflow }) => signalWorkflow);
        const isFlood = signals.length > MANY;
        const taken = new Set(isFlood ? signals : signals.filter(({ signalWorkflow }) => isReserved(signalWorkflow!)));
        if (taken.size > 0) {
          activation.jobs = activation.jobs!.filter((job) => !taken.has(job));
          for (const { signalWorkflow } of taken) {
            if (others) receive(signalWorkflow!);
            else early.push(signalWorkflow!);
          }
        }
        next(input);
      },
    },
  ],
});

const isReserved = ({ signalName }: Signal): boolean => signalName?.startsWith(RESERVED) === true;

function receive({ signalName, input }: Signal): void {
  const name = signalName ?? '';
  const take = takers.get(name);
  if (take) take(valueOf(name, input?.[0]));
  else others?.(name);
}

function valueOf(name: string, payload: Payload | undefined): unknown {
  if (!payload) return undefined;
  try {
    return unplace(defaultPayloadConverter.fromPayload(payload), SLOTS.signal(name));
  } catch {
    return new Unreadable('it is no value');
  }
}
