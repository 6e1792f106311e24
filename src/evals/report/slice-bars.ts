/**
 * Success by slice as bars: the bar is what was shown (the lower bound), the whisker goes on to what was seen, the tick is what was asked. All bars
 * begin at zero. Labels are ordinary text beside each bar, so that they stay legible on a narrow screen.
 */
import type { SliceCertificate } from '../../records/index.ts';
import { atLeast, exactly, rounded } from '../verdict.ts';
import { html, type Markup } from './markup.ts';
import { near } from './plot.ts';

const WIDTH = 600;
const HEIGHT = 26;

export const sliceBars = (slices: readonly SliceCertificate[]): Markup => html`<div class="bars">
${slices.map((slice) => html`<div class="bar"><span class="bar-name">${slice.slice}</span>${bar(slice)}<span class="bar-value">${atLeast(slice.gateBound)}</span></div>`)}
<div class="bar scale" aria-hidden="true"><span></span><span class="scale-marks"><span>0 %</span><span>50 %</span><span>100 %</span></span><span></span></div>
</div>`;

function bar(slice: SliceCertificate): Markup {
  const rate = slice.n === 0 ? 0 : slice.successes / slice.n;
  const [bound, seen, asked] = [slice.gateBound, rate, slice.required].map((share) => near(share * WIDTH)) as [number, number, number];
  const text = `${slice.slice}: at least ${atLeast(slice.gateBound)}, seen ${rounded(rate)} of ${slice.n}, asked ${exactly(slice.required)}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${text}">
<rect class="track" width="${WIDTH}" height="12" y="7" rx="2"/><rect class="${slice.isReached ? 'fill' : 'fill missed'}" width="${bound}" height="12" y="7" rx="2"/>
<path class="whisker" d="M${bound} 13H${seen}M${seen} 7v12"/><path class="asked" d="M${asked} 1v24"/></svg>`;
}
