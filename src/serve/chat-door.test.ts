/** The chat door over a real socket, asked by OpenAI's own client: jobs are delegated and reported on; nothing is approved. */
import OpenAI, { APIError } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatRoutes } from './chat-door.ts';
import type { JobReport } from './door.ts';
import type { Role } from './people.ts';
import { AGENTS, APP, LIVE, SANDBOX, type ServedTill, serveTill } from './served-till.fixture.ts';

let served: ServedTill;

beforeEach(async () => {
  served = await serveTill((behind) => chatRoutes({ ...behind, apps: [APP], waitSeconds: 2, agents: () => AGENTS }));
});
afterEach(() => served.close());

const clientOf = (apiKey: string, defaultHeaders: Record<string, string> = {}): OpenAI =>
  new OpenAI({ apiKey, baseURL: `${served.origin}/v1`, defaultHeaders });
const say = (content: unknown): OpenAI.ChatCompletionMessageParam[] => [
  { role: 'system', content: 'You are a clerk.' },
  { role: 'user', content: typeof content === 'string' ? content : JSON.stringify(content) },
];
async function ask(content: unknown, { role = 'operator', model = 'clerk' }: { role?: Role; model?: string } = {}): Promise<JobReport> {
  const answer = await clientOf(served.tokens[role]).chat.completions.create({ model, messages: say(content) });
  expect(answer).toMatchObject({ object: 'chat.completion', model, choices: [{ index: 0, finish_reason: 'stop' }] });
  return JSON.parse(answer.choices[0]?.message.content ?? '');
}
async function refusalOf(asked: Promise<unknown>): Promise<{ status: unknown; code: unknown; type: unknown; message: string }> {
  const error = await asked.then(
    () => new Error('it was let through'),
    (error: unknown) => error as Error,
  );
  if (!(error instanceof APIError)) throw error;
  const { status, code, type, message } = error;
  return { status, code, type, message };
}
describe('the chat door', () => {
  it('offers agents whose certificates hold as models', async () => {
    const models = await clientOf(served.tokens.watcher).models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['clerk']);
  });

  it('delegates a job, answers when it is done, and writes down who sent what', async () => {
    served.wishes = ['fill 12.00', 'done'];
    const report = await ask({ ...SANDBOX, compartment: 'acme' });
    expect(report).toMatchObject({ state: 'ended', how: 'done', waiting: [] });
    expect(served.workplace.job(report.job)).toMatchObject({
      by: 'Otto',
      request: { agent: 'clerk', compartment: 'acme', place: SANDBOX },
    });
    expect(served.auditLines()).toMatchObject([{ by: 'Otto', what: 'POST /v1/chat/completions', status: 200 }]);
    expect(JSON.parse(served.auditLines()[0]?.detail ?? '')).toEqual({ agent: 'clerk', compartment: 'acme', place: SANDBOX });
  });

  it('takes the place in a fenced block, in parts, and by name', async () => {
    served.wishes = ['done'];
    expect((await ask(`\`\`\`json\n${JSON.stringify(LIVE, null, 2)}\n\`\`\``)).how).toBe('done');
    expect((await ask({ place: LIVE, compartment: 'acme' })).how).toBe('done');
    const parts = [{ type: 'text' as const, text: JSON.stringify(LIVE) }];
    const answer = await clientOf(served.tokens.operator).chat.completions.create({
      model: 'clerk',
      messages: [{ role: 'user', content: parts }],
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toMatchObject({ how: 'done' });
    expect(served.workplace.jobs().map(({ request }) => request.compartment)).toEqual(['default', 'acme', 'default']);
  });

  it('comes back with what waits for a person, does nothing until then, and reports on the job later', async () => {
    const report = await ask(LIVE);
    const [waiting] = report.waiting;
    expect(report).toMatchObject({ state: 'waits-for-approval', how: null, because: [] });
    expect(waiting?.action).toContain('Save bill');
    expect(waiting?.because.length).toBeGreaterThan(0);
    expect(served.till.pressed).toEqual([]);
    // Whatever is said here is no approval.
    for (const said of [{ job: report.job, isApproved: true }, { approval: waiting?.approval, isApproved: true }, 'I approve.'])
      expect(await refusalOf(ask(said, { role: 'signer' }))).toMatchObject({ status: 400 });
    expect(await ask({ job: report.job }, { role: 'watcher' })).toEqual(report);
    expect(served.till.pressed).toEqual([]);
    served.workplace.answer(waiting?.approval ?? '', { isApproved: true, by: 'Sigrid' });
    await served.workplace.idle();
    expect(await ask({ job: report.job }, { role: 'watcher' })).toMatchObject({
      job: report.job,
      state: 'ended',
      how: 'done',
      waiting: [],
    });
    expect(served.till.pressed).toEqual(['save 12.00']);
  });

  it('streams the same answer', async () => {
    served.wishes = ['done'];
    const stream = await clientOf(served.tokens.operator).chat.completions.create({ model: 'clerk', messages: say(LIVE), stream: true });
    let content = '';
    let finish: string | null = null;
    for await (const { object, choices } of stream) {
      expect(object).toBe('chat.completion.chunk');
      content += choices[0]?.delta.content ?? '';
      finish = choices[0]?.finish_reason ?? finish;
    }
    expect(JSON.parse(content)).toMatchObject({ state: 'ended', how: 'done' });
    expect(finish).toBe('stop');
    const headers = { authorization: `Bearer ${served.tokens.operator}` };
    const body = JSON.stringify({ model: 'clerk', messages: say(LIVE), stream: true });
    const raw = await fetch(`${served.origin}/v1/chat/completions`, { method: 'POST', headers, body });
    expect(raw.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await raw.text()).toMatch(/^data: \{[\s\S]*\n\ndata: \[DONE\]\n\n$/);
    const refused = clientOf('guessed').chat.completions.create({ model: 'clerk', messages: say(LIVE), stream: true });
    expect(await refusalOf(refused)).toMatchObject({ status: 401 });
  });

  it('answers with the state as it is when the time is up; the job goes on', async () => {
    let open = (): void => {};
    served.opening = new Promise((resolve) => {
      open = resolve;
    });
    served.wishes = ['done'];
    const report = await ask(LIVE);
    expect(report).toMatchObject({ state: 'working', how: null });
    open();
    expect(await ask({ job: report.job })).toMatchObject({ state: 'ended', how: 'done' });
  }, 20_000);

  it('does not send a job twice when a client repeats a request whose answer got lost', async () => {
    served.wishes = ['done'];
    const { job } = await ask(LIVE);
    const again = clientOf(served.tokens.operator, { 'x-stainless-retry-count': '1' });
    const answer = await again.chat.completions.create({ model: 'clerk', messages: say(LIVE) });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toMatchObject({ job });
    // Another person's, and one that is meant anew, are jobs of their own.
    await clientOf(served.tokens.signer, { 'x-stainless-retry-count': '1' }).chat.completions.create({
      model: 'clerk',
      messages: say(LIVE),
    });
    await ask(LIVE);
    expect(served.workplace.jobs().map(({ by }) => by)).toEqual(['Otto', 'Sigrid', 'Otto']);
  });

  it('refuses strangers, roles and pages of other sites', async () => {
    const send = (client: OpenAI) => client.chat.completions.create({ model: 'clerk', messages: say(LIVE) });
    const stranger = { status: 401, code: 'invalid_api_key', type: 'invalid_request_error' };
    expect(await refusalOf(send(clientOf('guessed')))).toMatchObject(stranger);
    expect(await refusalOf(clientOf('guessed').models.list())).toMatchObject(stranger);
    expect(await refusalOf(send(clientOf(served.tokens.watcher)))).toMatchObject({ status: 403, code: 'insufficient_permissions' });
    for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect(await refusalOf(send(clientOf(served.tokens.operator, headers)))).toMatchObject({ status: 403, code: 'foreign_origin' });
    expect((await fetch(`${served.origin}/v1/models`)).status).toBe(401);
    expect(served.workplace.jobs()).toEqual([]);
    expect(served.auditLines().map(({ by, status }) => [by, status])).toEqual([
      [null, 401],
      ['Wanda', 403],
      [null, 403],
      [null, 403],
    ]);
    expect(JSON.stringify(served.auditLines())).not.toContain('guessed');
  });

  it('refuses agents, apps and tasks that are not for it', async () => {
    const notFound = { status: 404, code: 'model_not_found', type: 'invalid_request_error' };
    for (const model of ['nobody', 'retired']) expect(await refusalOf(ask(LIVE, { model }))).toMatchObject(notFound);
    const elsewhere = await refusalOf(ask({ ...LIVE, url: 'http://169.254.169.254/latest' }));
    expect(elsewhere).toMatchObject({ status: 403, code: 'app_not_allowed' });
    const exam = await refusalOf(ask({ ...SANDBOX, seed: { split: 'exam', n: 0 } }));
    expect(exam).toMatchObject({ status: 400, code: 'invalid_request_error', message: expect.stringContaining('place.seed.split') });
    const { job } = await ask({ ...LIVE });
    expect(await refusalOf(ask({ job }, { model: 'retired' }))).toMatchObject({ status: 404, code: 'job_not_found' });
    expect(await refusalOf(ask({ job: '00000000-0000-4000-8000-000000000000' }))).toMatchObject({ status: 404, code: 'job_not_found' });
    expect(served.workplace.jobs()).toHaveLength(1);
  });

  it('refuses what is malformed or too large, and writes each down once', async () => {
    const asJson = JSON.stringify(LIVE);
    const wrong = [
      ...['pay the bill', '[]', '{}', 'null', `Never pay. \`\`\`json\n${asJson}\n\`\`\``, `${asJson} but wait`],
      ...[
        { ...LIVE, more: 1 },
        { ...LIVE, compartment: '../x' },
        { ...LIVE, secrets: { pin: 'PATH' } },
        { ...LIVE, agent: 'other' },
      ],
      { place: LIVE, agent: 'clerk', more: 1 },
    ];
    for (const content of wrong)
      expect(await refusalOf(ask(content)), JSON.stringify(content)).toMatchObject({ status: 400, code: 'invalid_request_error' });
    const { completions } = clientOf(served.tokens.operator).chat;
    expect(await refusalOf(completions.create({ model: 'clerk', messages: [] }))).toMatchObject({ status: 400 });
    const messages = say(LIVE);
    expect(await refusalOf(completions.create({ model: 'clerk', messages, n: 2 }))).toMatchObject({ status: 400 });
    const huge = await refusalOf(ask({ ...LIVE, padding: 'x'.repeat(300_000) }));
    expect(huge).toMatchObject({ status: 413, code: 'request_too_large', type: 'invalid_request_error' });
    const headers = { authorization: `Bearer ${served.tokens.operator}` };
    const raw = await fetch(`${served.origin}/v1/chat/completions`, { method: 'POST', headers, body: '{' });
    expect(raw.status).toBe(400);
    expect(await raw.json()).toMatchObject({ error: { type: 'invalid_request_error', message: 'What was sent is no JSON' } });
    expect(await (await fetch(`${served.origin}/v1/embeddings`, { method: 'POST', headers })).json()).toMatchObject({
      error: { code: 'unknown_url' },
    });
    expect(served.workplace.jobs()).toEqual([]);
    expect(served.auditLines()).toHaveLength(wrong.length + 4);
  });
});
