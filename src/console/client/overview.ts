/// <reference lib="dom" />
/** The first page: what is wrong and what waits for people on top, then the jobs. */

import { alarmsView } from './alarms-view.ts';
import type { State } from './api.ts';
import type { Desk } from './desk.ts';
import { element, type View } from './dom.ts';
import { jobsView } from './jobs-view.ts';
import { sendForm } from './send-form.ts';
import { stopsView } from './stops-view.ts';
import { waitingOf, waitingView } from './waiting-view.ts';

export function overview(desk: Desk): View<State> {
  const stops = stopsView(desk);
  const alarms = alarmsView(desk);
  const waiting = waitingView(desk, { namesJob: true });
  const jobs = jobsView();
  const send = desk.may('operator') ? sendForm(desk) : null;
  return {
    element: element(
      'div',
      {},
      element('h1', { tabindex: '-1' }, 'Agents at work'),
      ...[stops, alarms, waiting, jobs, ...(send ? [send] : [])].map((view) => view.element),
    ),
    update(state) {
      // A stopped job stands among those that are over.
      stops.update(state.stops.filter(({ scope }) => scope.kind !== 'job'));
      alarms.update(state.alarms);
      waiting.update(waitingOf(state.jobs));
      jobs.update(state.jobs);
      send?.update(state.agents);
    },
  };
}
