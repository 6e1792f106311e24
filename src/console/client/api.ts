/// <reference lib="dom" />
/** The server as the console knows it. Whoever is not logged in gets to know so by `isLoggedOut`. */
import type { Alarm, JobView, Role, ServedAgent, ShownStep, Stop } from '../../serve/index.ts';

export interface Person {
  readonly name: string;
  readonly role: Role;
}

export interface State {
  /** Newest first. */
  readonly jobs: readonly JobView[];
  readonly stops: readonly Stop[];
  readonly alarms: readonly (Alarm & { readonly agent: string })[];
  readonly agents: readonly ServedAgent[];
}

export interface JobAndSteps {
  readonly job: JobView;
  readonly steps: readonly ShownStep[];
}

export class Refused extends Error {
  readonly isLoggedOut: boolean;

  constructor(message: string, isLoggedOut = false) {
    super(message);
    this.isLoggedOut = isLoggedOut;
  }
}

/** Throws `Refused` with a sentence for people. What the server says is trusted to have its type. */
async function ask<T>(path: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused('The server can’t be reached.');
  }
  const answer = (await response.json().catch(() => null)) as (T & { readonly error?: { readonly message?: string } }) | null;
  if (!response.ok || answer === null)
    throw new Refused(answer?.error?.message ?? `The server answered with ${response.status}.`, response.status === 401);
  return answer;
}

export const get = <T>(path: string): Promise<T> => ask(path, {});

export const post = <T>(path: string, body: unknown): Promise<T> =>
  ask(path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-journeyman': '1' }, body: JSON.stringify(body) });

export interface Listeners {
  readonly changed: () => void;
  readonly stepped: (step: ShownStep) => void;
  /** Told when the line to the server is lost, and when it stands again. */
  readonly connected: (isConnected: boolean) => void;
}

const AGAIN_MS = 3000;

/** Listens until the returned function is called; a line that is lost is taken up again. */
export function listen({ changed, stepped, connected }: Listeners): () => void {
  let source: EventSource;
  let timer = 0;
  const open = (): void => {
    source = new EventSource('/api/events');
    source.addEventListener('open', () => connected(true));
    source.addEventListener('change', changed);
    source.addEventListener('step', ({ data }) => stepped(JSON.parse(data as string) as ShownStep));
    source.addEventListener('error', () => {
      connected(false);
      // One that was refused is not taken up again by the browser itself.
      if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(open, AGAIN_MS);
    });
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source.close();
  };
}
