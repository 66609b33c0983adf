import type { WebhookJob, WebhookReport } from './deliver-webhook-activities.ts'

/** Markdown that the Temporal UI shows beside a delivery that goes on. */
export const waitingDetails = (job: WebhookJob, answers: readonly string[], nextMs: number) =>
  [
    `**Waiting** to tell ${subjectOf(job)} to \`${job.host}\`; next attempt at ${new Date(nextMs).toISOString()}.`,
    ...answers.map((answer) => `- ${answer}`),
    'Nothing to do: a receiver that stays away is its owner’s matter. To try at once, ' +
      '**More Actions → Send an Update → `replay`** (Data stays empty).',
  ].join('\n\n')

export const deliveringDetails = (job: WebhookJob): string =>
  `**Telling** ${subjectOf(job)} to \`${job.host}\`.`

export const reportDetails = ({ outcome, attempts, answer }: WebhookReport): string =>
  `**${outcome}** at attempt ${attempts}: ${answer}`

const subjectOf = ({ type, taskId }: WebhookJob): string =>
  taskId ? `\`${type}\` of \`${taskId}\`` : `a test of \`${type}\``
