/** A process that trains preset small for ten steps and prints its own peak resident memory in KiB. */
import { Random } from '../../src/base/index.ts';
import { initializeWeights, presetConfig } from '../../src/model/index.ts';
import { Trainer } from '../../src/train/index.ts';
import { randomBatch } from './random-batch.ts';

const seed = Number(process.argv[2] ?? 1);
const config = presetConfig('small');
const size = { time: 256, lanes: 16 };
const trainer = new Trainer(config, { weights: initializeWeights(config, new Random(seed)) });
for (let step = 0; step < 10; step++) await trainer.step([randomBatch(size, config.vocabularySize, seed + step)], 1e-3);
await trainer.dispose();
console.log(process.resourceUsage().maxRSS);
