/** The wide part of a policy: a linear model over what can be counted on a screen. */
export { formatWide, parseWide } from './wide-file.ts';
export { type ActionChance, fitWide, type WideModel, WideReader } from './wide-model.ts';
export { widePolicy } from './wide-policy.ts';
