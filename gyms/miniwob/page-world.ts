/**
 * One episode on a page of the benchmark. The goal's own words come first on the screen, since only the page knows what it asks.
 *
 * Once the page says that the episode is over nothing is done on it any more: its cover would begin another. The first reward counts.
 */
import { type BrowserPage, InfrastructureError } from '../../src/gym/index.ts';
import type { Command, Ending, Score, Screen, World } from '../../src/records/index.ts';
import { beginScript, type EpisodeStatus, HAS_CORE, parseStatus, STATUS_SCRIPT } from './episode.ts';
import { readUtterance, type Utterance, utteranceElements } from './utterance.ts';

/** A wait each; two seconds on the page's clock. */
const LONGEST_PREPARATION = 10;
/** Seconds on the page's clock after which it is loaded anew, so that it shows the same day to all. */
const LONGEST_USE_SECONDS = 4 * 3600;
const OVER = 'the task has ended';

export interface PageWorldOptions {
  readonly page: BrowserPage;
  /** Where the task's page lies. */
  readonly url: string;
  readonly seed: string;
  /** What becomes of the page afterwards. */
  readonly release: () => void;
}

/** Begins the episode. Throws `InfrastructureError` for a page that doesn't follow the interface or never gets ready. */
export async function openPageWorld(options: PageWorldOptions): Promise<PageWorld> {
  const { page, url, seed } = options;
  const isUsed = page.page.url() === url && page.elapsedSeconds() < LONGEST_USE_SECONDS && (await page.evaluate(HAS_CORE)) === true;
  if (!isUsed) {
    await page.reset(url);
    if ((await page.evaluate(HAS_CORE)) !== true) throw malformed(url, 'a page without core.startEpisodeReal or Math.seedrandom');
    // What a page makes first may depend on how it was loaded.
    await begin(page, url, 'thrown away');
  }
  const { episode } = await begin(page, url, seed);
  return new PageWorld(options, episode);
}

export class PageWorld implements World {
  readonly browserPage: BrowserPage;
  readonly #options: PageWorldOptions;
  readonly #episode: string;
  /** As it stood when the page said that it was over. */
  #last: EpisodeStatus | null = null;
  #asked: Utterance = { text: '', phrases: [] };
  readonly #startedSeconds: number;
  #isClosed = false;

  constructor(options: PageWorldOptions, episode: string) {
    this.#options = options;
    this.#episode = episode;
    this.browserPage = options.page;
    this.#startedSeconds = options.page.elapsedSeconds();
  }

  look(): Promise<Screen> {
    return this.#show(() => this.browserPage.look());
  }

  perform(command: Command): Promise<Screen> {
    return this.#show(() => this.browserPage.perform(command));
  }

  async score(_ending: Ending): Promise<Score> {
    const { isDone, rawReward, reason } = await this.#status();
    if (!isDone) return { success: false, credit: 0, broken: [], reasons: ['the page has not ended the task'] };
    // A page that gives more than it may is no verifier.
    if (rawReward === null || rawReward > 1) return { success: null, credit: null, broken: [], reasons: [`raw reward ${rawReward}`] };
    const success = rawReward === 1;
    const why = [`raw reward ${rawReward}`, reason].filter((text) => text !== '');
    return { success, credit: Math.max(0, rawReward), broken: [], reasons: success ? [] : why };
  }

  elapsedSeconds(): number {
    return this.browserPage.elapsedSeconds() - this.#startedSeconds;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.release();
  }

  /** Nothing is done on a page that is known to have ended. One that ended by itself since is covered, and its reward stands. */
  async #show(act: () => Promise<Screen>): Promise<Screen> {
    const screen = this.#last ? { elements: [] } : await act();
    const { isDone, utterance } = await this.#status();
    this.#asked = readUtterance(utterance) ?? this.#asked;
    const goal = utteranceElements(this.#asked);
    if (isDone) return { elements: goal, notices: [OVER] };
    return { ...screen, elements: [...goal, ...screen.elements] };
  }

  async #status(): Promise<EpisodeStatus> {
    if (this.#last) return this.#last;
    const status = parseStatus(await this.browserPage.evaluate(STATUS_SCRIPT));
    // A page that has gone elsewhere, or has begun another episode by itself, can't say any more how this one ended.
    const lost = status === null || status.episode === '' || status.episode !== this.#episode;
    const known = lost ? LOST : status;
    if (known.isDone) this.#last = known;
    return known;
  }
}

const LOST: EpisodeStatus = { isReady: false, isDone: true, rawReward: 0, reason: 'the page was left', episode: '', utterance: null };

async function begin(page: BrowserPage, url: string, seed: string): Promise<EpisodeStatus> {
  await page.evaluate(beginScript(seed));
  for (let waits = 0; waits <= LONGEST_PREPARATION; waits++) {
    const status = parseStatus(await page.evaluate(STATUS_SCRIPT));
    if (status === null) throw malformed(url, 'a page whose WOB_… are something else');
    if (status.isReady && !status.isDone) {
      if (readUtterance(status.utterance) === null) throw malformed(url, 'no utterance');
      return status;
    }
    await page.perform({ kind: 'wait' });
  }
  throw malformed(url, 'no WOB_TASK_READY');
}

function malformed(url: string, got: string): InfrastructureError {
  return new InfrastructureError({ operation: `begin ${url}`, got, expected: 'a page that follows the interface of the benchmark' });
}
