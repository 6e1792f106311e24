/** Features are numbers: a text's hash, crossed with what it is seen together with (feature hashing, Weinberger et al. 2009, arXiv 0902.2206). */

/** FNV-1a over UTF-16 units, then mixed; 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return finish(hash);
}

/** Both together; their order counts. */
export const cross = (a: number, b: number): number => finish(Math.imul(a, 0x9e3779b1) ^ b);

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
