/** Steps a second of the gyms without a browser: one lane, the expert's whole episodes, observation text, references and verdict included. */

import { withGym } from '../../recipes/factory/with-gym.ts';
import { type Bench, median, spreadOf } from '../row.ts';
import { assertSuccess, playMany } from './episodes.ts';

const ROUNDS = 5;
const EPISODES = 200;

const textGym = (gym: string): Bench => ({
  names: [`${gym}-steps-per-s`],
  measure: ({ seed }) =>
    withGym(gym, async (loaded) => {
      const slices = Object.keys(loaded.manifest.slices).slice(0, 1);
      const speeds: number[] = [];
      let steps = 0;
      for (let round = 0; round <= ROUNDS; round++) {
        const played = await playMany(loaded, { count: EPISODES, split: 'train', from: 1000 * seed + EPISODES * round, slices, lanes: 1 });
        assertSuccess(played);
        // The first round warms the compiler up. Tasks are made before the clock starts.
        if (round > 0) speeds.push(played.steps / played.seconds);
        steps += played.steps;
      }
      return [
        {
          name: `${gym}-steps-per-s`,
          value: median(speeds),
          unit: 'steps/s',
          spread: spreadOf(speeds),
          seed,
          note: `slice ${slices[0]}, the expert thinks in this time too; ${(steps / EPISODES / (ROUNDS + 1)).toFixed(1)} steps an episode`,
        },
      ];
    }),
});

export const countdown = textGym('countdown');
export const warehouse = textGym('warehouse');
