/** The worker thread of an `Engine`: a `LaneEngine` that answers messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { JourneymanError, RuntimeError } from '../base/index.ts';
import type { TokenGrammar } from '../grammar/index.ts';
import { LaneEngine } from './lane-engine.ts';
import type { Answer, EngineCall, EngineCalls, EngineSetup, Request, SentError } from './messages.ts';

if (!parentPort)
  throw new RuntimeError({ operation: 'engine worker', got: 'the main thread', expected: 'a worker thread', fix: 'use Engine.start' });
const port = parentPort;
const { config, weights, options } = workerData as EngineSetup;
const grammars = new Map<number, TokenGrammar>();
const engine = new LaneEngine(config, weights, options);

const CALLS: {
  readonly [K in EngineCall]: (input: EngineCalls[K]['takes']) => EngineCalls[K]['gives'] | Promise<EngineCalls[K]['gives']>;
} = {
  open: ({ seed }) => engine.open(seed),
  append: ({ lane, tokens }) => engine.append(lane, tokens),
  decode: ({ lane, options: how, grammar: sent }) => {
    if (!sent) return engine.decode(lane, how);
    const grammar = sent.grammar ?? grammars.get(sent.number);
    if (!grammar)
      throw new RuntimeError({ operation: 'engine worker', got: `grammar ${sent.number}`, expected: 'one that was sent before' });
    grammars.set(sent.number, grammar);
    return engine.decode(lane, { ...how, grammar });
  },
  forget: ({ grammar }) => void grammars.delete(grammar),
  predict: ({ lane, ...asked }) => engine.predict(lane, asked),
  mark: ({ lane }) => void engine.mark(lane),
  rewind: ({ lane }) => void engine.rewind(lane),
  fork: ({ lane, seed }) => engine.fork(lane, seed),
  close: ({ lane }) => void engine.close(lane),
  updateWeights: async ({ weights: next }) => void (await engine.updateWeights(next)),
  dispose: async () => void (await engine.dispose()),
};

port.on('message', (request: Request) => void answer(request));

async function answer<K extends EngineCall>({ number, call, input }: Request<K>): Promise<void> {
  try {
    send({ number, result: await CALLS[call](input) });
  } catch (error) {
    send({ number, error: asData(error as Error) });
  }
  if (call === 'dispose') port.close();
}

const send = (reply: Answer): void => port.postMessage(reply);

function asData(error: Error): SentError {
  return { code: error instanceof JourneymanError ? error.code : 'unexpected', name: error.name, message: error.message };
}
