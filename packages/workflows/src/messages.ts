import { defineUpdate } from '@temporalio/workflow'
import type { Admission, CancelAnswer, OperatorNote } from '@upscale/types'

/** Sent with the start of the workflow; its result answers the POST. */
export const admitUpdate = defineUpdate<Admission>('admit')
/** An operator's decisions on a parked job. The Temporal UI may send no note at all. */
export const retryUpdate = defineUpdate<string, [OperatorNote?]>('retry')
export const refundUpdate = defineUpdate<string, [OperatorNote?]>('refund')
/** The customer's cancel. */
export const cancelUpdate = defineUpdate<CancelAnswer>('cancel')
/** One more attempt of a webhook, now; answered when it has ended. */
export const replayUpdate = defineUpdate<string>('replay')
