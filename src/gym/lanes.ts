/** Work side by side: a fixed number of lanes take the next job as soon as they are free. Results come in the order of the jobs. */

/** Throws the first failure, after the jobs that were running have ended; no further one is begun. */
export async function runInLanes<Job, Result>(
  jobs: readonly Job[],
  lanes: number,
  work: (job: Job, number: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < jobs.length && failures.length === 0) {
      const number = next++;
      try {
        results[number] = await work(jobs[number] as Job, number);
      } catch (failure) {
        failures.push(failure);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, jobs.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
