/** A live web app that somebody else started, as a world: no reset, no snapshot, no verdict, and the real clock. */
import type { World } from '../../records/index.ts';
import { Browser } from './browser.ts';
import type { BrowserPage, PageOptions } from './browser-page.ts';

export interface AttachOptions extends Pick<PageOptions, 'risks' | 'root' | 'uploadsFrom' | 'trustedClicks'> {
  readonly visible?: boolean;
}

/** Opens `url` in a browser of its own, which is closed with the world. Throws `InfrastructureError` where nothing answers. */
export async function attachBrowser(
  url: string,
  { visible, ...options }: AttachOptions = {},
): Promise<World & { readonly browserPage: BrowserPage }> {
  const browser = await Browser.launch(visible === undefined ? {} : { visible });
  try {
    const page = await browser.openPage({ ...options, clock: null });
    await page.goto(url);
    return {
      browserPage: page,
      look: () => page.look(),
      perform: (command) => page.perform(command),
      score: async () => ({ success: null, credit: null, broken: [], reasons: ['a live app has no verifier'] }),
      elapsedSeconds: () => page.elapsedSeconds(),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
