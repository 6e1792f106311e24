/**
 * MiniWoB++ from a local checkout: `journeyman gym add miniwob --path DIR`, then `miniwob/NAME` is a gym. No page of the benchmark is part of this project.
 *
 * The pages judge themselves and have no scripted solutions, so these gyms can be measured on but don't prove themselves.
 */
import { defineGym, type Expert, type ExpertOptions, type GymCollection, GymError, type GymModule } from '../../src/gym/index.ts';
import type { Task } from '../../src/records/index.ts';
import { type Checkout, computePageVersion, listTasks, parseCheckout } from './checkout.ts';
import { openPageWorld } from './page-world.ts';
import { Site } from './site.ts';

/** Raised whenever the adapter would show or score the same page differently. */
const ADAPTER_VERSION = 1;

interface Instance {
  /** What the page's random numbers are seeded with. Begins with its split, so that no exam repeats a page of training. */
  readonly seed: string;
}

export interface MiniwobOptions {
  /** Who can solve a task of these pages, if anybody. */
  readonly expert?: (task: Task, options: ExpertOptions) => Expert;
}

export const gymCollection: GymCollection = {
  // Absolute, so that it holds wherever it is read.
  parseSettings: (settings) => ({ path: parseCheckout(settings).root }),
  names: (settings) => listTasks(parseCheckout(settings)),
  open: (name, settings) => openMiniwob(name, parseCheckout(settings)),
};

/** The gym of one page. Throws `GymError` for a page that the checkout lacks. Its browser and server start with the first episode. */
export function openMiniwob(name: string, checkout: Checkout, { expert }: MiniwobOptions = {}): GymModule {
  const tasks = listTasks(checkout);
  if (!tasks.includes(name))
    throw new GymError({
      operation: `open miniwob/${name.slice(0, 80)}`,
      got: 'no such page in the checkout',
      expected: `one of ${tasks.slice(0, 12).join(', ')}${tasks.length > 12 ? `, … (${tasks.length})` : ''}`,
    });
  let site: Site | null = null;
  const gym = defineGym<Instance>({
    manifest: {
      name: `miniwob/${name}`,
      version: `${ADAPTER_VERSION}-${computePageVersion(checkout, name)}`,
      description: `The page ${name} of MiniWoB++, from a local checkout; success is a raw reward of 1.`,
      actions: {
        click: 'reversible',
        fill: 'reversible',
        type: 'reversible',
        clear: 'reversible',
        select: 'reversible',
        press: 'reversible',
        scroll: 'read',
        drag: 'reversible',
        hover: 'read',
        wait: 'read',
        done: 'read',
      },
      limits: { steps: 50, seconds: 120 },
      invariants: {},
      slices: { base: { description: 'The page as it is.' } },
    },
    generate: (random, _slice, split) => ({ seed: `${split}/${Array.from({ length: 4 }, () => random.uint32().toString(36)).join('-')}` }),
    goal: () => [{ text: 'Do what the page asks.' }],
    async open({ seed }) {
      site ??= Site.join(checkout.root);
      return begin(site, `/miniwob/${name}.html`, seed);
    },
    async dispose() {
      const used = site;
      site = null;
      await used?.leave();
    },
  });
  return {
    gym,
    expert:
      expert ??
      (() => {
        throw new GymError({
          operation: `play miniwob/${name}`,
          got: 'a page without a scripted expert',
          expected: 'a gym of ours, or demonstrations by people',
          fix: `npx journeyman record miniwob/${name}`,
        });
      }),
    proof: { impostors: [], lazy: [], vocabulary: () => [], differs: () => null },
  };
}

async function begin(site: Site, path: string, seed: string): ReturnType<typeof openPageWorld> {
  const url = (await site.origin()) + path;
  const page = await site.acquire();
  try {
    return await openPageWorld({ page, url, seed, release: () => site.release(page) });
  } catch (error) {
    site.release(page);
    throw error;
  }
}
