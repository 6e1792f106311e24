/** What a decode is asked for, and what a lane does between two steps: it samples from its prediction, and ends what is done or has no room left. */
import { ConfigError, DataError, RuntimeError } from '../base/index.ts';
import type { CompiledState, TokenGrammar } from '../grammar/index.ts';
import { type DecodeJob, type DecodeResult, failLane, type Lane, type StopReason } from './lane.ts';
import { modelLogprobs } from './prediction.ts';
import { checkSampling, type SamplingOptions, sampleToken, type TokenBias } from './sampling.ts';

export interface DecodeOptions extends SamplingOptions {
  /** Default 64. */
  readonly maxTokens?: number;
  readonly stopTokens?: readonly number[];
  readonly grammar?: TokenGrammar;
  /** Where in the grammar to start; default 0. */
  readonly state?: number;
  /** What is added to the model's own log-probabilities before it is drawn from them; default nothing. */
  readonly bias?: readonly TokenBias[];
}

/** A decode that has sampled nothing yet; `states` are those of its grammar. Throws `ConfigError` for options out of range. */
export function newDecode(options: DecodeOptions, states: readonly CompiledState[] | undefined): Omit<DecodeJob, 'resolve' | 'reject'> {
  const { maxTokens = 64, state = 0, bias = [] } = options;
  const sampling = checkSampling(options);
  if (!(Number.isInteger(maxTokens) && maxTokens > 0))
    throw new ConfigError({ operation: 'decode', got: `maxTokens ${maxTokens}`, expected: 'a positive integer' });
  if (states && !states[state])
    throw new ConfigError({ operation: 'decode', got: `grammar state ${state}`, expected: `a state below ${states.length}` });
  return {
    kind: 'decode',
    sampling,
    states,
    stopTokens: new Set(options.stopTokens),
    maxTokens,
    bias,
    state,
    value: Number.NaN,
    tokens: [],
    logprobs: [],
    sampledLogprobs: [],
    pointed: [],
  };
}

/** Does what needs no step: samples the next token where the lane's prediction is fresh, ends what has no room left. */
export function advance(lane: Lane, contextLength: number): void {
  for (let [job] = lane.jobs; job; [job] = lane.jobs) {
    if (job.kind === 'append') {
      // A decode before it may have used the room that it had when it came.
      const ahead = lane.length + (lane.unread === undefined ? 0 : 1);
      const left = job.tokens.length - job.read;
      if (ahead + left <= contextLength) return;
      lane.jobs.shift();
      job.reject(tooLong(left, ahead, contextLength));
      continue;
    }
    const { prediction } = lane;
    if (!prediction || lane.unread !== undefined) return;
    if (job.tokens.length === 0) job.value = prediction.value;
    if (lane.length >= contextLength) {
      lane.jobs.shift();
      job.resolve(decodeResult(job, 'context'));
      continue;
    }
    if (!Number.isFinite(prediction.logSumExp)) {
      rejectDecode(
        lane,
        job,
        new RuntimeError({
          operation: 'decode',
          got: `logits with log Σ exp = ${prediction.logSumExp}`,
          expected: 'finite ones',
          fix: 'look for weights that are not numbers',
        }),
      );
      continue;
    }
    const state = job.states?.[job.state];
    const pointing = state?.pointing === true && prediction.pointer !== undefined;
    const logprobs = modelLogprobs(prediction, pointing ? lane.pointer : undefined);
    const sampled = sampleToken(logprobs, job.sampling, lane.random, state?.next, biasAfter(job));
    if (!sampled) {
      rejectDecode(
        lane,
        job,
        new RuntimeError({ operation: 'decode', got: `grammar state ${job.state} without a next token`, expected: 'a state with edges' }),
      );
      continue;
    }
    job.tokens.push(sampled.token);
    job.logprobs.push(sampled.logprob);
    job.sampledLogprobs.push(sampled.sampledLogprob);
    job.pointed.push(pointing ? 1 : 0);
    job.state = state ? (state.next[sampled.token] as number) : 0;
    lane.unread = sampled.token;
    const stopReason = stopReasonOf(lane, job, contextLength);
    if (!stopReason) return;
    lane.jobs.shift();
    job.resolve(decodeResult(job, stopReason));
  }
}

const biasAfter = ({ bias, tokens }: DecodeJob): TokenBias | undefined =>
  bias.find(({ after }) => after.length === tokens.length && after.every((token, i) => token === tokens[i]));

/** Before its first token a decode leaves no trace in its lane; afterwards the lane has tokens that nobody was told of. */
function rejectDecode(lane: Lane, job: DecodeJob, error: RuntimeError): void {
  if (job.tokens.length > 0) failLane(lane, error);
  else {
    lane.jobs.shift();
    job.reject(error);
  }
}

function stopReasonOf(lane: Lane, job: DecodeJob, contextLength: number): StopReason | undefined {
  const stop = job.states?.[job.state]?.stop;
  if (stop) return stop;
  if (job.stopTokens.has(job.tokens.at(-1) as number)) return 'stop token';
  if (job.tokens.length >= job.maxTokens) return 'length';
  if (lane.length + 1 >= contextLength) return 'context';
  return undefined;
}

function decodeResult(job: DecodeJob, stopReason: StopReason): DecodeResult {
  return {
    tokens: Int32Array.from(job.tokens),
    logprobs: Float64Array.from(job.logprobs),
    sampledLogprobs: Float64Array.from(job.sampledLogprobs),
    pointed: Uint8Array.from(job.pointed),
    value: job.value,
    stopReason,
    state: job.state,
  };
}

/** An append that the context has no room for. */
export function tooLong(count: number, ahead: number, contextLength: number): DataError {
  return new DataError({
    operation: 'append',
    got: `${count} tokens on top of ${ahead}`,
    expected: `at most ${contextLength} in all (the model's context)`,
    fix: 'shorten the text, or end the episode',
  });
}
