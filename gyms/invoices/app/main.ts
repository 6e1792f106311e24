/** The app for people: `node gyms/invoices/app/main.ts --port 8080` starts it with made-up books and a document. Nothing is kept. */
import { defineCommand, runMain } from 'citty';
import { ConfigError, Random } from '../../../src/base/index.ts';
import { drawDocument } from '../documents/index.ts';
import { generate } from '../instance.ts';
import { InvoicesApp } from './app.ts';
import { DEMO_STATE } from './demo.ts';

const command = defineCommand({
  meta: { name: 'invoices', description: 'The accounting app of the invoices gym, with demonstration books in memory' },
  args: {
    port: { type: 'string', default: '8080', description: 'Port on loopback; 0 takes any free one' },
    seed: { type: 'string', default: '1', description: 'Which books and documents; any text' },
    drift: { type: 'string', default: '', description: 'Seed of a drifted interface' },
    confirm: { type: 'boolean', default: false, description: 'Ask before a bill is saved' },
  },
  run: async ({ args }) => {
    const port = Number(args.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new ConfigError({ operation: 'start the accounting app', got: `port ${args.port}`, expected: 'a number from 0 to 65535' });
    const { books, content, style, fileName, now } = generate(new Random(`demonstration/${args.seed}`), 'base', 'train');
    const own = { fileName, received: now.slice(0, 10), bytes: () => drawDocument(content, style) };
    const scan = {
      fileName: `scan-of-${fileName}`,
      received: now.slice(0, 10),
      bytes: () => drawDocument(content, { ...style, scanned: true }),
    };
    const app = await InvoicesApp.start({ port });
    const look = { drift: args.drift, confirm: args.confirm };
    const { path } = app.reset({ ...DEMO_STATE, books, arrivals: [scan, own], interface: look, now });
    console.log(`Open ${app.url}${path} (once), or ${app.url}/login as ${DEMO_STATE.user} with ${DEMO_STATE.password}. Ctrl-C stops it.`);
    process.once('SIGINT', () => void app.stop());
  },
});

await runMain(command);
