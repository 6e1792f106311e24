/**
 * One question to an OpenAI-compatible chat endpoint: `POST URL/chat/completions`. A busy or stumbling server is asked again, with growing
 * pauses, until the time is up.
 *
 * Format: OpenAI's chat completions, of which only the first choice's text and the usage are read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ConfigError, RuntimeError } from '../base/index.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatEndpoint {
  /** Up to and without `/chat/completions`, e.g. `http://localhost:8000/v1`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
}

export interface ChatOptions {
  readonly temperature: number;
  readonly maxTokens: number;
  readonly seed: number;
  /** For the answer, all attempts together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ChatAnswer {
  readonly text: string;
  /** Tokens of the conversation, the answer included; NaN where the endpoint doesn't tell. */
  readonly tokens: number;
}

const answerSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
  usage: z.object({ total_tokens: z.int().nonnegative() }).nullish(),
});

/** Longest pause before another attempt. */
const LONGEST_PAUSE_MS = 20_000;

/** Throws `RuntimeError` where no answer comes in time, `ConfigError` where the endpoint, the model or the key is wrong. */
export async function askChat(endpoint: ChatEndpoint, messages: readonly ChatMessage[], options: ChatOptions): Promise<ChatAnswer> {
  const timeUp = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([timeUp, options.signal]);
  let last = 'no answer';
  try {
    for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      let wishedMs = 0;
      try {
        const response = await post(endpoint, messages, { ...options, signal });
        if (response.ok) return readAnswer(endpoint, await response.text());
        last = `status ${response.status}: ${(await response.text()).slice(0, 300)}`;
        if (!isPassing(response.status)) throw refusedBy(endpoint, response.status, last);
        wishedMs = 1000 * Number(response.headers.get('retry-after') ?? 0) || 0;
      } catch (error) {
        if (error instanceof ConfigError || error instanceof RuntimeError || signal.aborted) throw error;
        // The connection failed.
        last = reasonOf(error);
      }
      await sleep(Math.min(Math.max(pauseMs, wishedMs), LONGEST_PAUSE_MS), undefined, { signal });
    }
  } catch (error) {
    if (error instanceof ConfigError || error instanceof RuntimeError) throw error;
    const got = timeUp.aborted ? `no answer within ${options.timeoutMs} ms (${last})` : reasonOf(error);
    throw new RuntimeError({ operation: operationOf(endpoint), got, expected: 'an answer', fix: 'look after the endpoint', cause: error });
  }
}

function post(
  { url, model, apiKey }: ChatEndpoint,
  messages: readonly ChatMessage[],
  { temperature, maxTokens, seed, signal }: ChatOptions,
): Promise<Response> {
  return fetch(`${url.replace(/\/+$/, '')}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify({ model, messages, temperature, max_tokens: maxTokens, seed }),
    signal,
  });
}

/** Whether it may go better in a moment: too many requests, a time-out, a server that is down. */
const isPassing = (status: number): boolean => status === 408 || status === 409 || status === 429 || status >= 500;

function readAnswer(endpoint: ChatEndpoint, body: string): ChatAnswer {
  try {
    const { choices, usage } = answerSchema.parse(JSON.parse(body));
    return { text: choices[0]?.message.content ?? '', tokens: usage?.total_tokens ?? Number.NaN };
  } catch (cause) {
    const got = `an answer that can't be read: ${body.slice(0, 300)}`;
    throw new RuntimeError({ operation: operationOf(endpoint), got, expected: 'a chat completion', cause });
  }
}

/** The key, the model or the address is wrong for every question alike; another refusal is about this one. */
function refusedBy(endpoint: ChatEndpoint, status: number, got: string): ConfigError | RuntimeError {
  const operation = operationOf(endpoint);
  if (![401, 403, 404].includes(status)) return new RuntimeError({ operation, got, expected: 'a chat completion' });
  return new ConfigError({ operation, got, expected: 'a chat completion', fix: 'check the address, the model’s name and the key' });
}

const operationOf = ({ url, model }: ChatEndpoint): string => `ask ${model} at ${url}`;

/** `fetch` hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message;
}
