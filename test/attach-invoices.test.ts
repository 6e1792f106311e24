/** The invoices gym attached to an app that somebody else started: the real clock, secrets by reference, and no score. */
import { afterAll, expect, it } from 'vitest';
import { InvoicesApp } from '../gyms/invoices/app/index.ts';
import { invoices } from '../gyms/invoices/gym.ts';
import { appStateOf } from '../gyms/invoices/world.ts';
import type { Observation, Offer } from '../src/records/index.ts';

const apps: InvoicesApp[] = [];
afterAll(() => Promise.all(apps.map((app) => app.stop())));

const at = ({ targets }: Observation, name: string, offer: Offer): number =>
  targets.find((target) => target.name === name && target.offers.includes(offer))?.reference ?? -1;

it('works in a live app', { timeout: 60_000 }, async () => {
  const app = await InvoicesApp.start();
  apps.push(app);
  const instance = invoices.instance(invoices.task({ split: 'train', n: 3 }));
  app.reset({ ...appStateOf(instance), loggedOut: true });
  const goal = [{ text: 'Log in as ' }, { text: instance.user, key: 'user' }, { text: 'password', key: 'password', secret: true }];
  const session = await invoices.attach?.({ url: `${app.url}/login`, secrets: { password: instance.password } }, goal);
  if (!session) throw new Error('no attach');
  try {
    const first = await session.observe();
    await session.act({ kind: 'fill', target: at(first, 'User', 'fill'), source: at(first, instance.user, 'copy') });
    await session.act({ kind: 'fill', target: at(first, 'Password', 'fill'), source: at(first, 'password', 'copy') });
    const inbox = await session.act({ kind: 'click', target: at(first, 'Log in', 'click') });
    expect(inbox.targets.map(({ name }) => name)).toContain(instance.fileName);
    expect(JSON.stringify(inbox)).not.toContain(instance.password);
    expect(session.snapshot).toBeUndefined();
    expect((await session.score()).success).toBeNull();
  } finally {
    await session.close();
  }
});
