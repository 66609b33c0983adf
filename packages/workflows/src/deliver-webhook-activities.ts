/** Input of a delivery's workflow: plain words, since operators read it. */
export interface WebhookJob {
  deliveryId: string
  /** What is told, and of which task; null: a test. */
  type: string
  taskId: string | null
  /** Host of the receiver, for people. */
  host: string
  /** Made by earlier runs. */
  attemptsBefore: number
  /** Between the attempts of this run, ms: one attempt more than there are gaps. */
  gapsMs: readonly number[]
}

export interface AttemptInput {
  deliveryId: string
  /** Of the attempt, from 1: one that is recorded is not made again. */
  number: number
  ifItFails: AfterFailure
}

/** The next attempt after that time; none; or, of a replay, whatever was planned before. */
export type AfterFailure = { waitMs: number } | 'give_up' | 'keep_plan'

export interface AttemptResult {
  /** `gone`: the receiver wants no more, or there is nothing left to tell. */
  outcome: 'delivered' | 'failed' | 'gone'
  /** For people: what the receiver answered. */
  answer: string
  /** Until the next attempt; null: there is none, or a replay left the plan as it was. */
  waitMs: number | null
}

export interface WebhookActivities {
  attemptDelivery(input: AttemptInput): Promise<AttemptResult>
  /** Notes that nothing more follows: its run was canceled. Safe to repeat; what was delivered stays so. */
  giveUpDelivery(deliveryId: string): Promise<void>
}

/** Result of the workflow. */
export interface WebhookReport {
  outcome: AttemptResult['outcome']
  attempts: number
  answer: string
}
