import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formEpisodes } from '../../test/form-transcripts.ts';
import { CheckpointError } from '../base/index.ts';
import { formatWide, parseWide } from './wide-file.ts';
import { fitWide } from './wide-model.ts';

const model = fitWide(formEpisodes(12), { seed: 1 });
const bytes = formatWide(model);

describe('the file of a wide part', () => {
  it('comes back as it was', () => {
    const read = parseWide(bytes);
    expect(read.repertoire).toEqual(model.repertoire);
    for (const part of ['source', 'action', 'normaliser'] as const) expect(read.parts[part].weights).toEqual(model.parts[part].weights);
    expect(formatWide(read)).toEqual(bytes);
  });

  it('says what is wrong with it', () => {
    const head = (header: object): Uint8Array => Buffer.from(`journeyman wide 1\n${JSON.stringify(header)}\n`);
    expect(() => parseWide(Buffer.from('journeyman wide 2\n'))).toThrow('another kind of file');
    expect(() => parseWide(Buffer.from('journeyman wide 1\n{}'))).toThrow('no line');
    expect(() => parseWide(head({}))).toThrow('not understood');
    expect(() => parseWide(bytes.subarray(0, -2))).toThrow('bytes instead of');
    const endless = { repertoire: { actions: [], sources: [] }, words: [], names: [], steps: { source: 0, action: 1, normaliser: 1 } };
    expect(() => parseWide(head(endless))).toThrow('not understood');
  });

  it('refuses whatever else is given for one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, begins) => {
        const given = begins ? Buffer.concat([Buffer.from('journeyman wide 1\n'), noise]) : noise;
        expect(() => parseWide(given)).toThrow(CheckpointError);
      }),
    );
  });
});
