/** `journeyman keys FILE`: the key with which a person signs off releases. */
import { type ArgsDef, defineCommand } from 'citty';
import { Options } from '../../src/cli/index.ts';
import { makeKeyPair, savePrivateKey } from '../../src/release/index.ts';
import { trust } from '../factory/trusted-keys.ts';

const args: ArgsDef = { file: { type: 'positional', required: false, description: 'Where the private key goes' } };

export const keys = defineCommand({
  meta: { name: 'keys', description: 'Make the key with which a person signs off releases' },
  args,
  run: ({ rawArgs }) => {
    const options = new Options(rawArgs, { command: 'keys', args });
    const [file, ...rest] = options.rest;
    if (file === undefined || rest.length > 0) throw options.wrong(`${options.rest.length} files`, 'one: where the private key goes');
    const { privateKey } = makeKeyPair();
    savePrivateKey(file, privateKey);
    const trusted = trust(privateKey);
    console.log(
      `Written:\n  ${file}     the private key: whoever has it signs as you\n  ${trusted}     its public half, trusted here from now on`,
    );
  },
});
