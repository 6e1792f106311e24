/** `journeyman people NAME --role ROLE`: somebody who may log in to the server, and the token that they do it with. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { Options } from '../../src/cli/index.ts';
import { addPerson, ROLES } from '../../src/serve/index.ts';

const args: ArgsDef = {
  name: { type: 'positional', required: false, description: 'As it stands in the audit log' },
  role: {
    type: 'string',
    valueHint: ROLES.join('|'),
    default: 'watcher',
    description: 'A watcher sees, an operator answers and stops, a signer clears alarms',
  },
  folder: { type: 'string', valueHint: 'DIR', default: 'work', description: 'The server’s' },
};

export const people = defineCommand({
  meta: { name: 'people', description: 'Let somebody log in to the server' },
  args,
  run: ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'people', args });
    const [name, ...rest] = options.rest;
    if (name === undefined || rest.length > 0) throw options.wrong(`${options.rest.length} names`, 'one');
    const folder = options.text('folder') as string;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const role = options.oneOf('role', ROLES) ?? 'watcher';
    const token = addPerson(join(folder, 'people.json'), { name, role });
    console.log(`${name} may log in as ${role}, from the server’s next start on.\nThe token, shown this once: ${token}`);
  },
});
