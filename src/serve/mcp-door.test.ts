/** The MCP door over a real socket, asked by the official client, of the newest protocol and of the one before. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatRoutes } from './chat-door.ts';
import { mcpRoutes } from './mcp-door.ts';
import { AGENTS, APP, LIVE, SANDBOX, type ServedTill, serveTill } from './served-till.fixture.ts';

let served: ServedTill;
const clients: Client[] = [];

beforeEach(async () => {
  served = await serveTill((behind) => mcpRoutes({ ...behind, apps: [APP], agents: () => AGENTS }));
});
afterEach(async () => {
  await Promise.allSettled(clients.splice(0).map((client) => client.close()));
  await served.close();
});

type Mode = 'legacy' | 'auto';
async function clientOf(token: string, { mode = 'auto', headers = {} }: { mode?: Mode; headers?: Record<string, string> } = {}) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  clients.push(client);
  const requestInit = { headers: { authorization: `Bearer ${token}`, ...headers } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${served.origin}/mcp`), { requestInit }));
  return client;
}
const send = (client: Client, order: Record<string, unknown>) => client.callTool({ name: 'send_job', arguments: order });
const post = (body: string, headers: Record<string, string> = { authorization: `Bearer ${served.tokens.operator}` }): Promise<Response> =>
  fetch(`${served.origin}/mcp`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
  });
describe.each<Mode>(['auto', 'legacy'])('the MCP door, protocol %s', (mode) => {
  it('has three tools, none of which approves', async () => {
    const client = await clientOf(served.tokens.watcher, { mode });
    const { tools } = await client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ['list_agents', true],
      ['send_job', false],
      ['job_status', true],
    ]);
    for (const { inputSchema, outputSchema } of tools) expect([inputSchema.type, outputSchema?.type]).toEqual(['object', 'object']);
    const { structuredContent } = await client.callTool({ name: 'list_agents', arguments: {} });
    expect(structuredContent).toEqual({ agents: [{ name: 'clerk', version: 1, validUntil: '2126-01-01T00:00:00.000Z' }] });
  });

  it('delegates a job, answers when it is done, and writes down who sent what', async () => {
    served.wishes = ['fill 12.00', 'done'];
    const client = await clientOf(served.tokens.operator, { mode });
    const { structuredContent, content } = await send(client, { agent: 'clerk', compartment: 'acme', place: SANDBOX });
    expect(structuredContent).toMatchObject({ state: 'ended', how: 'done', waiting: [] });
    expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }]);
    const request = { agent: 'clerk', compartment: 'acme', place: SANDBOX };
    expect(served.workplace.jobs()).toMatchObject([{ by: 'Otto', request }]);
    expect(served.auditLines()).toMatchObject([{ by: 'Otto', what: 'POST /mcp send_job', status: 200, detail: JSON.stringify(request) }]);
  });

  it('comes back with what waits for a person, and does nothing until then', async () => {
    const client = await clientOf(served.tokens.operator, { mode });
    const { structuredContent: report } = await send(client, { agent: 'clerk', place: LIVE });
    const { job, waiting } = report as { job: string; waiting: { approval: string; action: string }[] };
    expect(report).toMatchObject({ state: 'waits-for-approval', how: null });
    expect(waiting[0]?.action).toContain('Save bill');
    expect(served.till.pressed).toEqual([]);
    served.workplace.answer(waiting[0]?.approval ?? '', { isApproved: true, by: 'Sigrid' });
    await served.workplace.idle();
    const watcher = await clientOf(served.tokens.watcher, { mode });
    const status = await watcher.callTool({ name: 'job_status', arguments: { job } });
    expect(status.structuredContent).toMatchObject({ job, state: 'ended', how: 'done', waiting: [] });
    expect(served.till.pressed).toEqual(['save 12.00']);
  });

  it('refuses roles, agents, apps and exam tasks as errors of the tool', async () => {
    const watcher = await clientOf(served.tokens.watcher, { mode });
    expect(await send(watcher, { agent: 'clerk', place: LIVE })).toMatchObject({ isError: true });
    const client = await clientOf(served.tokens.operator, { mode });
    const refused = [
      { agent: 'nobody', place: LIVE },
      { agent: 'retired', place: LIVE },
      { agent: 'clerk', place: { ...LIVE, url: 'http://169.254.169.254/latest' } },
      { agent: 'clerk', place: { ...SANDBOX, seed: { split: 'exam', n: 0 } } },
      { agent: 'clerk', place: LIVE, isApproved: true },
    ];
    for (const order of refused) {
      const answer = await send(client, order).catch((error: Error) => ({ isError: true, error }));
      expect(answer, JSON.stringify(order)).toMatchObject({ isError: true });
    }
    const status = await client.callTool({ name: 'job_status', arguments: { job: '00000000-0000-4000-8000-000000000000' } });
    expect(status).toMatchObject({ isError: true, content: [{ type: 'text', text: 'There is no such job' }] });
    expect(served.workplace.jobs()).toEqual([]);
    expect(served.auditLines().map(({ by, status }) => [by, status])).toEqual([
      ['Wanda', 403],
      ['Otto', 404],
      ['Otto', 404],
      ['Otto', 403],
      ['Otto', 400],
      ['Otto', 400],
    ]);
  });

  it('lets no strangers in, and no pages of other sites', async () => {
    await expect(clientOf('guessed', { mode })).rejects.toThrow();
    await expect(clientOf(served.tokens.operator, { mode, headers: { origin: 'http://evil.example' } })).rejects.toThrow();
    expect(JSON.stringify(served.auditLines())).not.toContain('guessed');
  });
});

describe('the MCP door', () => {
  it("refuses in JSON-RPC's shape", async () => {
    const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const stranger = await post(call, { authorization: 'Bearer guessed' });
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await stranger.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32001 } });
    const foreign = await post(call, { authorization: `Bearer ${served.tokens.operator}`, origin: 'http://evil.example' });
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { jsonrpc: '2.0', error: { code: -32003 } }]);
    const broken = await post('{');
    expect([broken.status, await broken.json()]).toMatchObject([400, { jsonrpc: '2.0', error: { code: -32700 } }]);
    const huge = await post(`"${'x'.repeat(300_000)}"`);
    expect([huge.status, await huge.json()]).toMatchObject([413, { jsonrpc: '2.0', error: { code: -32600 } }]);
    expect(served.auditLines().map(({ by, status }) => [by, status])).toEqual([
      [null, 401],
      [null, 403],
      ['Otto', 400],
      [null, 413],
    ]);
    expect((await fetch(`${served.origin}/mcp`)).status).toBe(401);
    const reading = await fetch(`${served.origin}/mcp`, { headers: { authorization: `Bearer ${served.tokens.operator}` } });
    expect(reading.status).toBe(405);
    expect(reading.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('stands beside other doors: what comes before it holds, what comes after is its own', async () => {
    const options = {
      ...served,
      ...{ apps: [APP], agents: () => [] },
    };
    const app = new Hono();
    app.use(async (c, next) => (c.req.header('host') === 'here' ? next() : c.text('unknown host', 403)));
    app.route('/', chatRoutes(options));
    app.route('/', mcpRoutes(options));
    app.use(async (c) => c.text('log in first', 418));
    app.onError((_, c) => c.text('not in the shape of the protocol', 500));
    const get = (path: string, headers: Record<string, string>) => app.request(path, { headers });
    const mine = { host: 'here', authorization: `Bearer ${served.tokens.watcher}` };
    expect(await (await get('/v1/models', mine)).json()).toEqual({ object: 'list', data: [] });
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const headers = { ...mine, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    expect((await app.request('/mcp', { method: 'POST', body: ping, headers })).status).toBe(200);
    for (const path of ['/v1/models', '/mcp']) {
      expect((await get(path, { ...mine, host: 'elsewhere' })).status).toBe(403);
      const stranger = await get(path, { host: 'here' });
      expect([stranger.status, await stranger.json()]).toMatchObject([401, { error: {} }]);
    }
    const other = await get('/api/me', mine);
    expect([other.status, other.headers.get('cache-control')]).toEqual([418, null]);
  });

  it('speaks the newest protocol with whoever asks for it', async () => {
    const negotiated = await Promise.all((['auto', 'legacy'] as const).map(async (mode) => clientOf(served.tokens.watcher, { mode })));
    expect(negotiated.map((client) => client.getNegotiatedProtocolVersion())).toEqual(['2026-07-28', '2025-11-25']);
  });
});
