/**
 * A trained model made wider, which computes what it computed before: where a task is too much for a small model, a larger one need not begin anew
 * (Chen et al. 2016, arXiv 1511.05641, section 2.2; with fresh units in place of copies, so that no two are alike).
 *
 * What is new reads with fresh weights and writes nothing yet: new channels of the residual stream hold zeros until somebody has learned to write to them, new
 * units of a head and of the feed-forward layer are not heard until somebody has learned to listen.
 */
import { ConfigError, type Random } from '../../base/index.ts';
import { checkConfig, type ModelConfig, parameterSpecs, type Weights } from '../config.ts';
import { initializeParameter } from './initialize.ts';

/** Sizes that grow; the others stay. */
export type WiderSizes = Partial<Pick<ModelConfig, 'width' | 'headWidth' | 'feedForwardWidth'>>;

export interface Widened {
  readonly config: ModelConfig;
  readonly weights: Weights;
}

/** Where each of the old rows or columns goes. */
type Places = readonly number[];

/** What stands where nothing old does: fresh weights, or nothing. */
interface Layout {
  readonly rows: Places;
  readonly columns: Places;
  /** Of what stood there, by old row. */
  readonly scale: (row: number) => number;
  /** Whether an entry is fresh where it is new; else it is zero. */
  readonly isFresh: (row: number, column: number) => boolean;
}

/**
 * The model with larger sizes. `random` is forked and not drawn from. Throws `ConfigError` for sizes that shrink, and a head width that is no multiple of
 * the old one: its rotary frequencies would be others.
 */
export function widen({ config, weights }: Widened, sizes: WiderSizes, random: Random): Widened {
  const width = sizes.width ?? config.width;
  // The mean square is over more channels, of which the new ones are zero.
  const wider = checkConfig({ ...config, ...sizes, normEpsilon: (config.normEpsilon * config.width) / width });
  for (const size of ['width', 'headWidth', 'feedForwardWidth'] as const)
    if (wider[size] < config[size] || (size === 'headWidth' && wider[size] % config[size] !== 0))
      throw new ConfigError({
        operation: 'widen a model',
        got: `${size} ${wider[size]} for ${config[size]}`,
        expected: size === 'headWidth' ? `a multiple of ${config[size]}` : `at least ${config[size]}`,
      });
  const specs = new Map(parameterSpecs(config).map((spec) => [spec.name, spec]));
  return {
    config: wider,
    weights: new Map(
      parameterSpecs(wider).map((spec) => {
        const before = weights.get(spec.name) as Float32Array;
        const [oldRows = 1, oldColumns = 1] = specs.get(spec.name)?.shape ?? [];
        const [, columns = 1] = spec.shape;
        const layout = layoutOf(spec.name, { config, wider, oldRows, oldColumns });
        const fresh = initializeParameter(spec, random);
        const old = new Set<number>();
        const after = fresh.slice();
        for (let row = 0; row < oldRows; row++)
          for (let column = 0; column < oldColumns; column++) {
            const at = (layout.rows[row] as number) * columns + (layout.columns[column] as number);
            old.add(at);
            after[at] = layout.scale(row) * (before[row * oldColumns + column] as number);
          }
        for (let at = 0; at < after.length; at++)
          if (!old.has(at) && !layout.isFresh(Math.floor(at / columns), at % columns)) after[at] = 0;
        return [spec.name, after];
      }),
    ),
  };
}

const first = (count: number): Places => Array.from({ length: count }, (_, i) => i);
const always = (): boolean => true;
const never = (): boolean => false;
const one = (): number => 1;

interface Sizes {
  readonly config: ModelConfig;
  readonly wider: ModelConfig;
  readonly oldRows: number;
  readonly oldColumns: number;
}

function layoutOf(name: string, { config, wider, oldRows, oldColumns }: Sizes): Layout {
  const reading: Layout = { rows: first(oldRows), columns: first(oldColumns), scale: one, isFresh: always };
  const writing: Layout = { ...reading, isFresh: never };
  const { heads: H, keyValueHeads: K, headWidth: D, feedForwardWidth: F } = config;
  const [wide, wideF] = [wider.headWidth, wider.feedForwardWidth];
  const part = name.replace(/^layers\.\d+\./, '');
  switch (part) {
    case 'embedding':
    case 'down':
      return writing;
    case 'attentionOut':
      return { ...writing, columns: first(H).flatMap((head) => first(D).map((d) => head * wide + d)) };
    case 'gateUp':
      return { ...reading, rows: [0, 1].flatMap((half) => first(F).map((row) => half * wideF + row)) };
    case 'qkv': {
      const [query, value] = [H, H + K];
      return {
        ...reading,
        rows: first(H + 2 * K).flatMap((head) => first(D).map((d) => head * wide + (head < value ? turned(d, D, wide) : d))),
        // Scores are divided by the root of the head's width.
        scale: (row) => (row < query * D ? Math.sqrt(wide / D) : 1),
        // A query's new units meet keys that say nothing yet.
        isFresh: (row, column) => row < query * wide || row >= value * wide || (column >= config.width && isTurned(row % wide, D, wide)),
      };
    }
    case 'attentionNorm':
    case 'mlpNorm':
    case 'finalNorm': {
      const gain = Math.sqrt(config.width / wider.width);
      return { ...reading, scale: () => gain };
    }
    default:
      return reading;
  }
}

/** The unit of a wider head that turns as fast as the d-th of the old one: halves are turned together (rotary embedding, half-split). */
const turned = (d: number, D: number, wide: number): number => (d < D / 2 ? 0 : wide / 2) + (d % (D / 2)) * (wide / D);
const isTurned = (unit: number, D: number, wide: number): boolean => (unit % (wide / 2)) % (wide / D) === 0;
