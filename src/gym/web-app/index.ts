/** A gym around your own web app, in one definition. Everything that such a gym's files need comes from here. */
export type { Random } from '../../base/index.ts';
export type { GoalPart, Score, Split } from '../../records/index.ts';
export type { Expert, ExpertOptions, SplitVocabulary } from '../expert.ts';
export type { AppInstance, AppStart, WebApp } from './app.ts';
export { byCommand, byHttp, bySql, type HttpRequest, type ReadState, type Reset, type Row, type Statement } from './app-state.ts';
export { defineWebAppGym, type WebAppGym } from './define-web-app-gym.ts';
export { differences } from './differences.ts';
export { goalText } from './goal-text.ts';
export type { Player, WebAppProof } from './players.ts';
export { type ScaffoldOptions, scaffoldGym, toFillIn } from './scaffold.ts';
export {
  abstain,
  answer,
  ask,
  clear,
  click,
  done,
  fill,
  playScript,
  press,
  type Step,
  type StepOptions,
  select,
  typeText,
} from './script.ts';
export type { Episode, Invariant, Verdict, Verifier } from './verdict.ts';
