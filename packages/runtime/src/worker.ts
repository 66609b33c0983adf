export { startActivityWorker, startWorkflowWorker } from './activity-worker.ts'
export type { RunningWorker } from './activity-worker.ts'
export { stoppable } from './stoppable.ts'
