/**
 * A trained model that reads with another tokenizer: what it knows of the pieces of its own words is the beginning of what it knows of the new ones.
 */
import type { ModelConfig, Weights } from '../config.ts';
import type { Tokenizer } from '../tokenizer/index.ts';

export interface Reader {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
}

/**
 * The model with a row for each token of `tokenizer`: the row that it had where the model knows the token, else the mean of the rows of the longest known
 * pieces that spell it. All other weights are the same buffers.
 */
export function adaptVocabulary({ config, weights, tokenizer: known }: Reader, tokenizer: Tokenizer): Reader {
  const { width } = config;
  const size = tokenizer.vocabularySize;
  const pieces = Array.from({ length: size }, (_, id) => knownPieces(tokenizer.tokenOf(id), known));
  const meanRows = (before: Float32Array): Float32Array =>
    Float32Array.from({ length: size * width }, (_, at) => {
      const ids = pieces[Math.floor(at / width)] as readonly number[];
      return ids.reduce((sum, id) => sum + (before[id * width + (at % width)] as number), 0) / ids.length;
    });
  const tables = ['embedding', ...(config.tiedEmbeddings ? [] : ['unembedding'])];
  const adapted = tables.map((name) => [name, meanRows(weights.get(name) as Float32Array)] as const);
  return { config: { ...config, vocabularySize: size }, weights: new Map([...weights, ...adapted]), tokenizer };
}

/** From the left the longest one each time; every byte is known. */
function knownPieces(spelling: string, known: Tokenizer): readonly number[] {
  const ids: number[] = [];
  for (let start = 0; start < spelling.length; ) {
    let end = spelling.length;
    while (known.idOf(spelling.slice(start, end)) === undefined && end > start + 1) end--;
    ids.push(known.idOf(spelling.slice(start, end)) ?? 0);
    start = end;
  }
  return ids;
}
