/**
 * A large model behind an OpenAI-compatible chat endpoint as a policy: it reads the segments as text and answers with an action on a line.
 *
 * It tells no log-probabilities, values or surprises. An answer that is no action is asked for again, twice at most; an action that the screen
 * doesn't allow goes to the session, which says so in its next observation, as to everybody.
 */
import { ConfigError, type DataError, hashBytes, RuntimeError } from '../base/index.ts';
import { actSegment, formatAction, parseAction, parseActionLine } from '../grammar/index.ts';
import type { Action, Decision, Player, Policy } from '../records/index.ts';
import { askChat, type ChatEndpoint, type ChatMessage } from './chat-endpoint.ts';
import { printSegment, systemPrompt } from './chat-prompt.ts';

export interface OpenAiPolicyOptions extends ChatEndpoint {
  /** Default 0. */
  readonly temperature?: number;
  /** Of one answer; models that think aloud need many. Default 1024. */
  readonly maxTokens?: number;
  /** For one answer. Default 60,000. */
  readonly timeoutMs?: number;
}

/** How often an answer that is no action is asked for again. */
const MOST_REPEATS = 2;

/** `openai:URL#model`, e.g. `openai:http://localhost:8000/v1#qwen3-8b`. Throws `ConfigError`. */
export function parseOpenAiName(name: string): ChatEndpoint {
  const [, url = '', model = ''] = /^openai:(https?:\/\/[^#\s]+)#(\S+)$/u.exec(name) ?? [];
  if (model === '' || !URL.canParse(url))
    throw new ConfigError({
      operation: 'choose a policy',
      got: name,
      expected: 'openai:URL#model',
      fix: 'write e.g. openai:http://localhost:8000/v1#qwen3-8b',
    });
  return { url, model };
}

export function openAiPolicy(options: OpenAiPolicyOptions): Policy {
  const { temperature = 0, maxTokens = 1024, timeoutMs = 60_000, ...endpoint } = options;
  return {
    async begin({ seed, verbs }): Promise<Player> {
      const closing = new AbortController();
      const asking = { temperature, maxTokens, timeoutMs, signal: closing.signal, seed: Number.parseInt(hashBytes(seed).slice(0, 7), 16) };
      const messages: ChatMessage[] = [{ role: 'system', content: systemPrompt(verbs) }];
      let tokens = Number.NaN;
      /** What was read since the last answer. */
      let unread: string[] = [];
      const ask = async (): Promise<Action> => {
        const repeats: ChatMessage[] = [];
        for (;;) {
          const answer = await askChat(endpoint, [...messages, ...repeats], asking);
          ({ tokens } = answer);
          const action = readAction(answer.text);
          if (typeof action !== 'string') return action;
          if (repeats.length >= 2 * MOST_REPEATS) throw noAction(answer.text, action);
          repeats.push(
            { role: 'assistant', content: answer.text },
            { role: 'user', content: `That is no action: ${action} Answer with exactly one action on one line.` },
          );
        }
      };
      return {
        async read(segment) {
          unread.push(printSegment(segment));
          return { surpriseNats: Number.NaN };
        },
        async decide(observation): Promise<Decision> {
          messages.push({ role: 'user', content: unread.join('\n\n') });
          unread = [];
          const action = await ask();
          messages.push({ role: 'assistant', content: formatAction(action) });
          return { action, segment: actSegment(action, observation), value: Number.NaN, logprobs: [] };
        },
        async force({ pieces }) {
          if (messages.at(-1)?.role === 'assistant') messages.pop();
          messages.push({ role: 'assistant', content: formatAction(parseAction(pieces)) });
        },
        tokens: () => tokens,
        async close() {
          closing.abort();
        },
      };
    },
  };
}

/** The action in an answer, or why there is none. Thoughts in tags and the marks of code are passed over; the last line counts. */
function readAction(text: string): Action | string {
  const lines = text
    .replace(/<think>[\s\S]*?(?:<\/think>|$)/gu, '')
    .split('\n')
    .map((line) => line.replace(/^\s*(?:`{1,3}\w*|[-*>]\s|action:)?\s*|\s*`{0,3}\s*$/giu, ''))
    .filter((line) => line !== '');
  const line = lines.at(-1);
  if (line === undefined) return 'the answer is empty.';
  try {
    return parseActionLine(line);
  } catch (error) {
    return (error as DataError).message;
  }
}

function noAction(text: string, reason: string): RuntimeError {
  return new RuntimeError({
    operation: 'decide',
    got: `${MOST_REPEATS + 1} answers without an action, the last: ${JSON.stringify(text.slice(0, 200))} (${reason})`,
    expected: 'one action on one line',
  });
}
