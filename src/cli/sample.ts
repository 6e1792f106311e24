/** `journeyman sample`: what a model writes after a prompt. */
import { type ArgsDef, defineCommand } from 'citty';
import { loadFolderModel } from './model-folder.ts';
import { Options } from './options.ts';
import { escapeControls } from './terminal.ts';
import { type SampleOptions, writeOn } from './write-on.ts';

const args: ArgsDef = {
  from: { type: 'string', valueHint: 'DIR', description: 'Model: a checkpoint, or a run that has one' },
  prompt: { type: 'string', valueHint: 'TEXT', default: '', description: 'Text to begin with; special tokens are read as such' },
  tokens: { type: 'string', valueHint: 'N', default: '64', description: 'Tokens to write at most' },
  temperature: { type: 'string', valueHint: 'X', default: '1', description: '0 takes the most probable token' },
  'top-k': { type: 'string', valueHint: 'N', description: 'Keep the N most probable tokens' },
  'top-p': { type: 'string', valueHint: 'X', description: 'Keep the most probable tokens with this probability together' },
  seed: { type: 'string', valueHint: 'TEXT', default: '0', description: 'Seed of the draws' },
  threads: { type: 'string', valueHint: 'N', description: 'Threads; default: JOURNEYMAN_THREADS, else 2' },
  json: { type: 'boolean', description: 'Write the result as JSON' },
};

export const sample = defineCommand({
  meta: { name: 'sample', description: 'Let a model write on' },
  args,
  run: async ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'sample', args });
    options.noRest();
    const folder = options.required('from', 'DIR');
    const prompt = options.text('prompt') as string;
    const threads = options.count('threads');
    const topK = options.count('top-k');
    const topP = options.number('top-p', { check: (share) => share > 0 && share <= 1, expected: 'more than 0, at most 1' });
    const how: SampleOptions = {
      prompt,
      tokens: options.count('tokens') as number,
      temperature: options.number('temperature', { check: (value) => value >= 0, expected: '0 or more' }) as number,
      seed: options.text('seed') as string,
      ...(threads === undefined ? {} : { threads }),
      ...(topK === undefined ? {} : { topK }),
      ...(topP === undefined ? {} : { topP }),
    };
    const written = await writeOn(loadFolderModel(folder), how);
    const text = `${prompt}${written.text}`;
    // What a model writes may command a terminal; a file or a program gets it as it is.
    console.log(options.flag('json') ? JSON.stringify({ prompt, ...written }) : process.stdout.isTTY ? escapeControls(text) : text);
  },
});
