/**
 * A to-do list: one page, three requests, one SQLite file. It knows nothing of gyms.
 *
 *   node server.ts PORT FILE
 */
import { createServer, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';

const [port = '3000', file = 'to-do.db'] = process.argv.slice(2);
const database = new DatabaseSync(file, { timeout: 5000 });
database.exec(`CREATE TABLE IF NOT EXISTS tasks (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, due TEXT NOT NULL DEFAULT '', done INTEGER NOT NULL DEFAULT 0)`);

interface Task {
  readonly id: number;
  readonly title: string;
  readonly due: string;
  readonly done: number;
}

const list = (): Task[] => database.prepare('SELECT id, title, due, done FROM tasks ORDER BY id').all() as unknown as Task[];

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const [, action, id] = /^\/(add|done|delete)(?:\/(\d+))?$/.exec(pathname) ?? [];
  if (request.method === 'POST' && action !== undefined) {
    const form = new URLSearchParams(await bodyOf(request));
    const title = (form.get('title') ?? '').trim();
    if (action === 'add' && title !== '')
      database.prepare('INSERT INTO tasks (title, due) VALUES (?, ?)').run(title, form.get('due') ?? '');
    if (action === 'done') database.prepare('UPDATE tasks SET done = 1 WHERE id = ?').run(Number(id));
    if (action === 'delete') database.prepare('DELETE FROM tasks WHERE id = ?').run(Number(id));
    response.writeHead(303, { location: '/' }).end();
  } else if (request.method === 'GET' && pathname === '/tasks.json') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list()));
  } else if (request.method === 'GET' && pathname === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(list()));
  } else {
    response.writeHead(404).end('not found');
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log(`to-do list at http://127.0.0.1:${port}`));

function page(tasks: readonly Task[]): string {
  const rows = tasks.map(
    ({ id, title, due, done }) => `<tr>
      <td>${escapeHtml(title)}</td><td>${escapeHtml(due)}</td><td>${done ? 'done' : 'open'}</td>
      <td><form method="post">
        ${done ? '' : `<button formaction="/done/${id}" aria-label="Finish ${escapeHtml(title)}">Finish</button>`}
        <button formaction="/delete/${id}" aria-label="Delete ${escapeHtml(title)}">Delete</button></form></td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>To do</title>
<style>body { font: 16px system-ui; max-width: 44rem; margin: 2rem auto } td { padding: 0.2rem 1rem 0.2rem 0 }</style></head>
<body><h1>To do</h1>
<table>${rows.join('\n')}</table>
<form method="post" action="/add">
  <label>Task <input name="title" required autocomplete="off"></label>
  <label>Due <input name="due" type="date"></label>
  <button>Add</button>
</form></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > 10_000) request.destroy();
  }
  return body;
}
