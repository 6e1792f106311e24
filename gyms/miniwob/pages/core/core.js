/**
 * Our own small counterpart of the benchmark's core: the same interface, none of its code. Pages define `genProblem` and call `core.endEpisode`.
 */
Object.assign(window, {
  WOB_TASK_READY: true,
  WOB_DONE_GLOBAL: false,
  WOB_REWARD_GLOBAL: 0,
  WOB_RAW_REWARD_GLOBAL: 0,
  WOB_REWARD_REASON: null,
  WOB_EPISODE_ID: 0,
});

/** From now on `Math.random` is a stream fixed by `seed` (mulberry32 over FNV-1a). */
Math.seedrandom = (seed) => {
  let state = 2166136261;
  for (const character of String(seed)) state = Math.imul(state ^ character.codePointAt(0), 16777619);
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

window.core = {
  EPISODE_MAX_TIME: 10000,
  startedMs: 0,
  timer: undefined,

  /** Only shows the cover; a click on it starts. */
  startEpisode() {
    core.cover().style.display = 'block';
  },

  startEpisodeReal() {
    core.cover().style.display = 'none';
    window.WOB_EPISODE_ID++;
    window.WOB_DONE_GLOBAL = false;
    window.WOB_REWARD_GLOBAL = 0;
    window.WOB_RAW_REWARD_GLOBAL = 0;
    window.WOB_REWARD_REASON = null;
    clearTimeout(core.timer);
    core.timer = setTimeout(() => core.endEpisode(-1, false, 'timed out'), core.EPISODE_MAX_TIME);
    core.startedMs = performance.now();
    genProblem();
  },

  endEpisode(reward, isDecayed, reason) {
    if (window.WOB_DONE_GLOBAL) return;
    clearTimeout(core.timer);
    const left = Math.max(0, 1 - (performance.now() - core.startedMs) / core.EPISODE_MAX_TIME);
    window.WOB_RAW_REWARD_GLOBAL = reward;
    window.WOB_REWARD_GLOBAL = isDecayed && reward > 0 ? reward * left : reward;
    window.WOB_REWARD_REASON = reason ?? null;
    window.WOB_DONE_GLOBAL = true;
    core.startEpisode();
  },

  getUtterance() {
    return document.getElementById('query').textContent.replace(/\s+/g, ' ').trim();
  },

  cover() {
    let cover = document.getElementById('sync-task-cover');
    if (!cover) {
      cover = document.createElement('div');
      cover.id = 'sync-task-cover';
      cover.textContent = 'START';
      cover.style = 'position:absolute;inset:0;background:#8fbc8f;z-index:10';
      cover.addEventListener('click', () => core.startEpisodeReal());
      document.body.append(cover);
    }
    return cover;
  },

  /** One of `items`. */
  pick(items) {
    return items[Math.floor(Math.random() * items.length)];
  },

  /** `count` of `items`, in random order. */
  sample(items, count) {
    const rest = [...items];
    return Array.from({ length: count }, () => rest.splice(Math.floor(Math.random() * rest.length), 1)[0]);
  },
};

window.addEventListener('load', () => core.startEpisode());
