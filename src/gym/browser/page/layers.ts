/// <reference lib="dom" />
/**
 * Text layers as PDF.js makes them: spans placed one by one over a picture of the page. They are measured once and kept until the layer changes.
 */
import type { Bridge } from './bridge.ts';
import { mergeRuns, type TextRun } from './cells.ts';

interface LayerCell {
  readonly element: Element;
  readonly text: string;
  readonly row: boolean;
}

const measuredLayers = new WeakMap<Element, { readonly width: number; readonly height: number; readonly cells: readonly LayerCell[] }>();

export function textLayerCells(layer: Element, bridge: Bridge): readonly LayerCell[] {
  bridge.onMutation ??= (record) => {
    const element = record.target.nodeType === 1 ? (record.target as Element) : record.target.parentElement;
    const changed = element?.closest('.textLayer');
    if (changed) measuredLayers.delete(changed);
  };
  const { width, height } = layer.getBoundingClientRect();
  const known = measuredLayers.get(layer);
  if (known && known.width === width && known.height === height) return known.cells;
  const runs: TextRun[] = [];
  const elements: Element[] = [];
  const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node as Text).data;
    const parent = node.parentElement;
    if (text.trim() === '' || !parent?.checkVisibility({ visibilityProperty: true })) continue;
    const rect = parent.getBoundingClientRect();
    runs.push({ text, x: rect.left, y: rect.top, width: rect.width, height: rect.height });
    elements.push(parent);
  }
  const cells = mergeRuns(runs).map(({ text, row, run }): LayerCell => ({ element: elements[run] as Element, text, row }));
  measuredLayers.set(layer, { width, height, cells });
  return cells;
}
