/// <reference lib="dom" />
/** Open alarms of the monitors. While one is open, its agent asks about whatever lasts; a signer's word that it is over ends that. */
import type { State } from './api.ts';
import type { Desk } from './desk.ts';
import { arrange, button, element, keyedViews, type View } from './dom.ts';
import { ALARMS, percent, plain, timeWords } from './words.ts';

type AgentAlarm = State['alarms'][number];

/** Nothing where there is none. */
export function alarmsView(desk: Desk): View<State['alarms']> {
  const list = element('ul', { class: 'cards' });
  const views = keyedViews((alarm: AgentAlarm) => alarmCard(alarm, desk));
  const section = element('section', { 'data-refuge': '' }, element('h2', { tabindex: '-1' }, 'Alarms'), list);
  return {
    element: section,
    update(alarms) {
      const open = alarms.filter(({ cleared }) => cleared === null);
      arrange(list, views(open.map((alarm) => [`${alarm.agent} ${alarm.id}`, alarm])));
      section.hidden = open.length === 0;
    },
  };
}

function alarmCard({ agent, id, monitor, at, jobId, jobs, events, reference }: AgentAlarm, desk: Desk): View<AgentAlarm> {
  const name = plain(agent);
  const question = {
    ...{ title: 'Clear this alarm?', verb: 'Clear', isGrave: false, body: {} },
    consequence: `${name} works by its certificate again, unless another alarm is open. This monitor begins to count anew.`,
    path: `/api/alarms/${encodeURIComponent(agent)}/${encodeURIComponent(id)}/clear`,
  };
  const card = element(
    'li',
    { class: 'card alarm' },
    element(
      'div',
      {},
      element('h3', {}, element('bdi', {}, name), `: ${ALARMS[monitor]}`),
      element(
        'p',
        {},
        `In ${events} of ${jobs} jobs; at most ${percent(reference)} was promised. Until it is cleared, whatever lasts is asked about.`,
      ),
      element(
        'p',
        { class: 'muted' },
        `${timeWords(at)}, after `,
        element('a', { href: `#/jobs/${encodeURIComponent(jobId)}` }, `job ${plain(jobId).slice(0, 8)}`),
      ),
    ),
    ...(desk.may('signer')
      ? [
          element(
            'div',
            { class: 'buttons' },
            button('Clear', () => desk.askReason(question), { 'aria-label': `Clear: ${name}, ${ALARMS[monitor]}` }),
          ),
        ]
      : []),
  );
  return { element: card, update: () => {} };
}
