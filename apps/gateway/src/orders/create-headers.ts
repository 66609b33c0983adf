import { z } from 'zod'
import { PreferHeaders } from '../http/prefer-wait.ts'

/** Request headers of both create endpoints. */
export const CreateHeaders = z.object({
  ...PreferHeaders.shape,
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(257) // with its quotes
    .optional()
    .describe(
      'A name of your own for this request, 1–255 visible ASCII characters, bare or quoted, kept for 7 days: repeated with the same key, the request makes no second task and gets the first answer. Reuse the key when you retry.',
    ),
})

/** Headers of their answers, by what they say. */
export const CREATE_ANSWER_HEADERS = {
  Location: 'Path of the task',
  'Idempotent-Replayed': '`true`: an earlier request with the same Idempotency-Key made the task',
}
