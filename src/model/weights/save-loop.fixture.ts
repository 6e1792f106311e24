/**
 * Saves versions 1, 2, 3 … of a model in the folder that is its argument until it is killed; prints each version when
 * it is saved. Version n is n in every weight, in the configuration and in the tokenizer.
 */
import { parameterSpecs } from '../config.ts';
import { saveModel } from './checkpoint-folder.ts';
import { crashConfig, tokenizerOf } from './crash-model.fixture.ts';

const folder = process.argv[2] as string;
for (let version = Number(process.argv[3]); ; version++) {
  const config = { ...crashConfig, ropeTheta: version };
  const weights = new Map(
    parameterSpecs(config).map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(version)]),
  );
  saveModel(folder, { config, weights, tokenizerJson: tokenizerOf(version) });
  process.stdout.write(`${version}\n`);
}
