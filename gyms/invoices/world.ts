/**
 * The world of one episode: a lane's app and page out of a pool, the app reset to the instance, the page opened on it.
 *
 * A lane is an app on its own port and a page of one of the browsers; it serves one episode at a time and is used again after it, unless
 * something in it broke. Documents are drawn when the page first asks for them.
 */
import * as z from 'zod';
import { ConfigError } from '../../src/base/index.ts';
import { attachBrowser, Browser, type BrowserPage, type PageOptions } from '../../src/gym/index.ts';
import type { AttachTarget, Command, Ending, GoalPart, Score, Screen, World } from '../../src/records/index.ts';
import { type AppState, InvoicesApp } from './app/index.ts';
import { audit } from './audit.ts';
import { drawDocument } from './documents/index.ts';
import type { Instance } from './types.ts';
import { BooksClient } from './undo/books-client.ts';
import { holdingsOf } from './undo/holdings.ts';
import { InvoicesUndo } from './undo/undo.ts';
import { verify } from './verify.ts';

/** What a world needs of a page in a browser. */
export interface LanePage {
  reset(url: string, options: { readonly now: string }): Promise<Screen>;
  /** The next episode in the same document. */
  restart(url: string): Promise<Screen>;
  look(): Promise<Screen>;
  perform(command: Command): Promise<Screen>;
  elapsedSeconds(): number;
  close(): Promise<void>;
  /** The page itself, for who follows a person in it. */
  readonly browserPage: BrowserPage;
}

/** Where pages come from: a few browsers that all lanes share. */
export interface PageSource {
  open(): Promise<LanePage>;
  close(): Promise<void>;
}

interface WorkingLane {
  readonly app: InvoicesApp;
  readonly page: LanePage;
  /** Episodes that its document may still serve; 0 for one that must be left. */
  episodesLeft: number;
}

interface StartedLane {
  readonly lane: WorkingLane;
  readonly first: Screen;
}

/** Episodes of one document. The app begins anew in place; now and then a fresh document is taken nevertheless. */
const EPISODES_PER_DOCUMENT = 50;

/** What the app starts an episode from. */
export function appStateOf(instance: Instance): AppState {
  const { books, content, style, fileName, user, password, faults, now, pageInjection, loggedOut } = instance;
  return {
    books,
    arrivals: [{ fileName, received: now.slice(0, 10), bytes: () => drawDocument(content, style) }],
    user,
    password,
    interface: instance.interface,
    faults,
    now,
    pageInjection,
    loggedOut,
    // Only where somebody may look: painting takes longer than reading.
    paint: process.env.JOURNEYMAN_VISIBLE === '1',
  };
}

/** Secret texts are left out. */
type SavedCommand = Command;

const SAVED = z.object({ done: z.array(z.looseObject({ kind: z.string() })) });

/** Returns the first screen. */
async function startEpisode(lane: WorkingLane, instance: Instance): Promise<Screen> {
  const { app, page } = lane;
  const { path } = app.reset(appStateOf(instance));
  const url = `${app.url}${path}`;
  const isFresh = lane.episodesLeft === 0 || hasFaults(instance);
  const screen = isFresh ? await page.reset(url, { now: instance.now }) : await page.restart(url);
  lane.episodesLeft = hasFaults(instance) ? 0 : (isFresh ? EPISODES_PER_DOCUMENT : lane.episodesLeft) - 1;
  return screen;
}

/** Where answers are late, the page before would still be seen; after such an episode an answer may be under way, or a form put aside. */
const hasFaults = ({ faults: { delayMs, failAt, expireAt } }: Instance): boolean => delayMs > 0 || failAt !== null || expireAt !== null;

class InvoicesWorld implements World {
  readonly secrets: Readonly<Record<string, string>>;
  readonly undo: InvoicesUndo;
  readonly #instance: Instance;
  readonly #lane: WorkingLane;
  readonly #giveBack: (broken: boolean) => Promise<void>;
  /** Everything done since the reset. */
  #done: SavedCommand[] = [];
  #isBroken = false;
  #first: Screen | null;

  /** `first`: the screen as it has just been seen. */
  constructor(instance: Instance, { lane, first }: StartedLane, giveBack: (broken: boolean) => Promise<void>) {
    this.#instance = instance;
    this.#lane = lane;
    this.#first = first;
    this.#giveBack = giveBack;
    this.secrets = { password: instance.password };
    const { app, page } = lane;
    this.undo = new InvoicesUndo({
      page: page.browserPage,
      client: new BooksClient({ url: app.url, user: instance.user, password: instance.password }),
      holdings: () => holdingsOf(app.database),
    });
  }

  get browserPage(): BrowserPage {
    return this.#lane.page.browserPage;
  }

  async look(): Promise<Screen> {
    const first = this.#first;
    this.#first = null;
    if (first) return first;
    return this.#watched(() => this.#lane.page.look());
  }

  perform(command: Command): Promise<Screen> {
    this.#first = null;
    this.#done.push(command.kind === 'fill' && command.secret ? { ...command, text: '' } : command);
    return this.#watched(() => this.undo.follow(command, () => this.#lane.page.perform(command)));
  }

  async score(ending: Ending): Promise<Score> {
    return verify(this.#lane.app.database, this.#instance, ending);
  }

  async audit(ending: Ending): Promise<Score> {
    return audit(this.#lane.app.exportLedger(), this.#instance, ending);
  }

  /**
   * The way here. Pages keep things that nobody can read from outside (the page of a document, a form put aside during a log-in), and an
   * episode is deterministic, so a state is restored by walking the same way from the start.
   */
  async save(): Promise<unknown> {
    return { done: [...this.#done] };
  }

  async load(state: unknown): Promise<void> {
    const { done } = SAVED.parse(state);
    await this.#watched(async () => {
      this.#first = null;
      await startEpisode(this.#lane, this.#instance);
      for (const command of done as Command[])
        await this.#lane.page.perform(command.kind === 'fill' && command.secret ? { ...command, text: this.#instance.password } : command);
    });
    this.#done = done as SavedCommand[];
  }

  elapsedSeconds(): number {
    return this.#lane.page.elapsedSeconds();
  }

  close(): Promise<void> {
    return this.#giveBack(this.#isBroken);
  }

  /** A page that threw is not used again. */
  async #watched<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }
}

/** Lanes that are free, and how to make more. */
export class InvoicesWorlds {
  readonly #pages: PageSource;
  readonly #free: WorkingLane[] = [];
  readonly #taken = new Set<WorkingLane>();

  constructor(pages: PageSource) {
    this.#pages = pages;
  }

  async open(instance: Instance): Promise<World> {
    const started = await this.#startLane(instance);
    const { lane } = started;
    let isGivenBack = false;
    return new InvoicesWorld(instance, started, async (broken) => {
      // A second close gives nothing back: by then the lane may be another world's.
      if (isGivenBack || !this.#taken.has(lane)) return;
      isGivenBack = true;
      if (broken) await this.#drop(lane);
      else {
        this.#taken.delete(lane);
        this.#free.push(lane);
      }
    });
  }

  /** Stops every app and browser. Worlds that are open end with it. */
  async dispose(): Promise<void> {
    const lanes = [...this.#free.splice(0), ...this.#taken];
    await Promise.allSettled(lanes.map((lane) => this.#drop(lane)));
    await this.#pages.close();
  }

  /** A free lane may have lost its browser while it was waiting; then a new one takes its place. */
  async #startLane(instance: Instance): Promise<StartedLane> {
    const waiting = this.#free.pop();
    if (waiting !== undefined) {
      this.#taken.add(waiting);
      try {
        return { lane: waiting, first: await startEpisode(waiting, instance) };
      } catch {
        await this.#drop(waiting);
      }
    }
    const fresh = await this.#makeLane();
    this.#taken.add(fresh);
    try {
      return { lane: fresh, first: await startEpisode(fresh, instance) };
    } catch (error) {
      await this.#drop(fresh);
      throw error;
    }
  }

  async #makeLane(): Promise<WorkingLane> {
    const app = await InvoicesApp.start();
    try {
      return { app, page: await this.#pages.open(), episodesLeft: 0 };
    } catch (error) {
      await app.stop();
      throw error;
    }
  }

  async #drop(lane: WorkingLane): Promise<void> {
    this.#taken.delete(lane);
    // What is broken may fail to close, too; the rest is still to be stopped.
    await Promise.allSettled([lane.page.close(), lane.app.stop()]);
  }
}

/** A browser's page as lanes use it. */
export function lanePage(page: BrowserPage, onClose: () => void = () => {}): LanePage {
  return {
    reset: (url, options) => page.reset(url, options),
    restart: (url) => page.restart(url),
    look: () => page.look(),
    perform: (command) => page.perform(command),
    elapsedSeconds: () => page.elapsedSeconds(),
    browserPage: page,
    close: () => {
      onClose();
      return page.close();
    },
  };
}

/** Pages of at most `limit` browsers, each new page in the one that has the fewest. */
export class BrowserPages implements PageSource {
  readonly #limit: number;
  readonly #browsers: { readonly browser: Promise<Browser>; pages: number }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  async open(): Promise<LanePage> {
    await this.#forgetDead();
    let slot = this.#browsers.toSorted((a, b) => a.pages - b.pages)[0];
    if (slot === undefined || (slot.pages > 0 && this.#browsers.length < this.#limit)) {
      slot = { browser: Browser.launch(), pages: 0 };
      this.#browsers.push(slot);
    }
    const own = slot;
    own.pages++;
    try {
      const browser = await own.browser;
      const page = await browser.openPage({ clock: { now: '2025-01-01T00:00:00.000Z' }, risks: RISKS });
      return lanePage(page, () => void own.pages--);
    } catch (error) {
      own.pages--;
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#browsers.splice(0).map(async ({ browser }) => (await browser).close()));
  }

  async #forgetDead(): Promise<void> {
    for (const slot of [...this.#browsers]) {
      const isAlive = await slot.browser.then(
        (browser) => browser.alive,
        () => false,
      );
      if (!isAlive) this.#browsers.splice(this.#browsers.indexOf(slot), 1);
    }
  }
}

/** What pressing takes to undo. */
export const RISKS: NonNullable<PageOptions['risks']> = [
  { selector: 'form[method="post"] button', risk: 'compensable' },
  { selector: 'form[action="/logout"] button, form.log-in button, [data-answer="no"]', risk: 'reversible' },
  { selector: 'form[action$="/delete"] button, form[action$="/pay"] button, form[action$="/reopen"] button', risk: 'irreversible' },
];

/** Browsers of this process: `JOURNEYMAN_BROWSERS`, 2 by default. */
function browserLimit(): number {
  const set = process.env.JOURNEYMAN_BROWSERS ?? '2';
  const limit = Number(set);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 64) return limit;
  throw new ConfigError({ operation: 'read JOURNEYMAN_BROWSERS', got: `'${set}'`, expected: 'a whole number from 1 to 64' });
}

let shared: InvoicesWorlds | undefined;

/** Opens an instance in a free lane of this process, or a new one. */
export function openInvoices(instance: Instance): Promise<World> {
  shared ??= new InvoicesWorlds(new BrowserPages(browserLimit()));
  return shared.open(instance);
}

/** Stops what `openInvoices` started. */
export async function disposeWorlds(): Promise<void> {
  const worlds = shared;
  shared = undefined;
  await worlds?.dispose();
}

/**
 * An app that somebody runs. What is done there can be taken back where the goal names a user, and the secrets hold the password: those of a person who may enter bills.
 */
export async function attachInvoices({ url, secrets = {} }: AttachTarget, goal: readonly GoalPart[]): Promise<World> {
  const world = await attachBrowser(url, { risks: RISKS });
  const user = goal.find(({ key }) => key === 'user')?.text;
  const { password } = secrets;
  if (user === undefined || password === undefined) return world;
  const client = new BooksClient({ url, user, password });
  const undo = new InvoicesUndo({ page: world.browserPage, client });
  return {
    ...world,
    undo,
    perform: (command) => undo.follow(command, () => world.perform(command)),
    async close() {
      await client.logOut();
      await world.close();
    },
  };
}
