/**
 * The questions that operators ask the Temporal UI, with the query that answers each. `<account>`, `<code>`
 * and `<15 min ago>` are filled in when they are printed.
 */
export const VIEWS = [
  {
    question: 'Which jobs wait for a person?',
    // A run that was ended by a Reset or by force while it was parked keeps its stage, and waits for nobody.
    query: 'UpscaleStage = "needs_attention" AND ExecutionStatus = "Running"',
  },
  {
    question: 'Which jobs ended without a video?',
    query: 'WorkflowType = "upscaleVideo" AND ExecutionStatus IN ("Failed", "Canceled")',
  },
  {
    question: 'Which jobs were terminated or timed out, so that no code of theirs ran?',
    query: 'WorkflowType = "upscaleVideo" AND ExecutionStatus IN ("Terminated", "TimedOut")',
  },
  {
    question: 'Which jobs run for more than 15 minutes?',
    query:
      'WorkflowType = "upscaleVideo" AND ExecutionStatus = "Running" AND StartTime < "<15 min ago>"',
  },
  { question: "Which are an account's jobs?", query: 'UpscaleAccountId = "<account>"' },
  { question: 'Which jobs hit an error?', query: 'UpscaleErrorCode = "<code>"' },
  { question: 'What did the reconciler do?', query: 'WorkflowType = "reconcileBilling"' },
  {
    question: 'Whose workflow code fails again and again?',
    query: 'TemporalReportedProblems IS NOT NULL',
  },
] as const

/** What stands in a query in the place of its blanks. */
export interface Blanks {
  account: string
  code: string
  now: Date
}

export const fillIn = (query: string, { account, code, now }: Blanks): string =>
  query
    .replace('<account>', account)
    .replace('<code>', code)
    .replace('<15 min ago>', new Date(now.getTime() - 15 * 60_000).toISOString())
