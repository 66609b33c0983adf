import { CancellationScope } from '@temporalio/workflow'

/** Runs `work` to its end whatever is canceled meanwhile: money and records are never half done. */
export const shielded = <T>(work: () => Promise<T>): Promise<T> =>
  CancellationScope.nonCancellable(work)
