/// <reference lib="dom" />
/** Sends a job to the sandbox: an agent at one training task of its gym. */
import type { JobRequest, JobView } from '../../serve/index.ts';
import type { State } from './api.ts';
import type { Desk } from './desk.ts';
import { arrange, element, keyedViews, type View } from './dom.ts';
import { plain } from './words.ts';

export function sendForm(desk: Desk): View<State['agents']> {
  const agents = element('datalist', { id: 'agents' });
  const options = keyedViews(({ name, version }: State['agents'][number]) => ({
    element: element('option', { value: name }, `${plain(name)} v${version}`),
    update: () => {},
  }));
  const agent = element('input', { id: 'agent', list: 'agents', required: '', maxlength: '200', autocomplete: 'off' });
  const slice = element('input', { id: 'slice', required: '', maxlength: '200', autocomplete: 'off' });
  const n = element('input', { id: 'n', type: 'number', required: '', min: '0', step: '1', value: '0' });
  const field = (label: string, input: HTMLInputElement): HTMLElement =>
    element('div', {}, element('label', { for: input.id }, label), input);
  const form = element(
    'form',
    { class: 'fields' },
    ...[field('Agent', agent), field('Slice', slice), field('Training task', n), agents],
    element('button', { class: 'main' }, 'Send'),
  );
  let isUnderWay = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isUnderWay) return;
    isUnderWay = true;
    const place = { kind: 'sandbox', slice: slice.value.trim(), seed: { split: 'train', n: n.valueAsNumber } } as const;
    const request: Omit<JobRequest, 'compartment'> = { agent: agent.value.trim(), place };
    const job = await desk.act<JobView>('/api/jobs', request);
    isUnderWay = false;
    if (job) location.hash = `#/jobs/${encodeURIComponent(job.id)}`;
  });
  return {
    element: element('section', {}, element('h2', {}, 'Send a job to the sandbox'), form),
    update(served) {
      const byName = new Map(served.map((one) => [`${one.name} ${one.version}`, one]));
      arrange(agents, options([...byName]));
    },
  };
}
