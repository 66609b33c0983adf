import { MODEL } from '@upscale/types'
import { z } from 'zod'
import { CREATED_TASK, COMPLETED_TASK } from '../tasks/task-examples.ts'
import { SourceFacts, TaskInput, Timestamp } from '../tasks/task-schema.ts'

const count = z.int().min(0)

export const QUOTE = {
  quote_id: 'quote_7gHt2XcVb5nMq8WeRy4UpZs1',
  model: MODEL,
  input: CREATED_TASK.input,
  credits: 144,
  affordable: true,
  source: COMPLETED_TASK.source,
  output: { width: 2560, height: 1440, codec: 'h264' },
  eta_seconds: 95,
  expires_at: '2026-02-14T12:15:00.000Z',
}

/** What an upscale would cost and make. */
export const QuoteAnswer = z
  .object({
    quote_id: z.string().regex(/^quote_[A-Za-z0-9]{16,40}$/),
    model: z.literal(MODEL),
    input: TaskInput,
    credits: count.describe('The whole price'),
    affordable: z.boolean().describe('Whether the balance is enough for it now'),
    source: SourceFacts,
    output: z.object({ width: count, height: count, codec: z.enum(['h264', 'hevc']) }),
    eta_seconds: z
      .union([count, z.null()])
      .describe('Until the end of a task that is created now; null: nothing was measured yet'),
    expires_at: Timestamp.describe('Until then it can be used'),
  })
  .meta({ id: 'Quote', examples: [QUOTE] })
