/** A gym for as long as it is needed. */
import { type LoadedGym, loadGym } from '../../src/gym/index.ts';

/** Loads the gym for `work`; its browsers and servers are stopped whatever happens. */
export async function withGym<T>(name: string, work: (gym: LoadedGym) => Promise<T>): Promise<T> {
  const gym = await loadGym(name);
  try {
    return await work(gym);
  } finally {
    await gym.module.gym.dispose?.();
  }
}
