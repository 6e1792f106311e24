/** Says on the root element whether something is under way that will change the page: `<html data-busy>`. */
let underWay = 0;

/**
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export async function track(work) {
  underWay++;
  document.documentElement.toggleAttribute('data-busy', true);
  try {
    return await work;
  } finally {
    underWay--;
    document.documentElement.toggleAttribute('data-busy', underWay > 0);
  }
}
