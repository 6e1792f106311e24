/** What every view is given: who looks, and how something is done. */
import type { Role } from '../../serve/index.ts';
import type { Question } from './reason-dialog.ts';

export interface Desk {
  /** Whether the person's role allows what takes `role`; what is not allowed is not offered. */
  readonly may: (role: Role) => boolean;
  /** Posts, then brings the page up to date. What the server refuses is said, and the result is undefined. */
  readonly act: <T>(path: string, body: unknown) => Promise<T | undefined>;
  /** Asks for a reason, and posts it with the question's body. */
  readonly askReason: (question: Question) => void;
  /** Said to those who look and to those who listen. */
  readonly say: (sentence: string) => void;
}
