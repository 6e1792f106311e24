import { describe, expect, it } from 'vitest';
import type { StepShape } from './incremental-graph.ts';
import { StepSessions } from './step-sessions.ts';

/** Sessions that are only names, with what became of them. */
function recorded(layoutsKept?: number) {
  const compiled: string[] = [];
  const disposed: string[] = [];
  const sessions = new StepSessions(({ tokens, lanes }: StepShape) => {
    const name = `${tokens}x${lanes}`;
    compiled.push(name);
    return Promise.resolve({ name, dispose: async () => void disposed.push(name) });
  }, layoutsKept);
  return { sessions, compiled, disposed };
}

describe('the sessions of an engine', () => {
  it('stay for the last two numbers of lanes, and are disposed for others', async () => {
    const { sessions, compiled, disposed } = recorded();
    for (const lanes of [4, 8, 4, 8, 4]) for (const tokens of [1, 16]) await sessions.get({ tokens, lanes });
    expect(compiled).toEqual(['1x4', '16x4', '1x8', '16x8']);
    expect(disposed).toEqual([]);
    await sessions.get({ tokens: 1, lanes: 16 });
    expect(disposed).toEqual(['1x8', '16x8']);
    await sessions.get({ tokens: 1, lanes: 4 });
    expect(compiled.length).toBe(5);
    await sessions.get({ tokens: 1, lanes: 8 });
    expect(disposed).toEqual(['1x8', '16x8', '1x16']);
    await sessions.dispose();
    expect(disposed.toSorted()).toEqual(compiled.toSorted());
  });

  it('stay for as many numbers of lanes as they are told', async () => {
    const { sessions, compiled, disposed } = recorded(3);
    for (const lanes of [1, 4, 16, 1, 4, 16]) await sessions.get({ tokens: 1, lanes });
    expect(compiled.length).toBe(3);
    await sessions.get({ tokens: 1, lanes: 64 });
    expect(disposed).toEqual(['1x1']);
  });

  it('are compiled again where that failed', async () => {
    let count = 0;
    const sessions = new StepSessions(() =>
      count++ === 0 ? Promise.reject(new Error('no memory')) : Promise.resolve({ dispose: async () => undefined }),
    );
    await expect(sessions.get({ tokens: 1, lanes: 1 })).rejects.toThrow('no memory');
    await sessions.get({ tokens: 1, lanes: 1 });
    expect(count).toBe(2);
  });
});
