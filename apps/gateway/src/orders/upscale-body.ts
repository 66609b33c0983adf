import { MAX_URL_LENGTH, MODEL, UPSCALE_FACTORS } from '@upscale/types'
import { z } from 'zod'
import { WEBHOOK_TYPES } from '../webhooks/webhook-type.ts'
import { isStorable } from './is-storable.ts'
import { Metadata } from './metadata-schema.ts'

const MAX_QUOTE_ID = 64

/** Works as it stands, with a test key. */
const EXAMPLE = { video_url: 'https://magic.test/ok.mp4', upscale_factor: '2' }

/** What is upscaled; the order of the fields is the order of the checks. */
export const SourceBody = z
  .object({
    // Its length is checked with the rest of its text: too long is a URL that cannot be probed.
    video_url: z
      .string()
      .min(1)
      .meta({
        description: `Public http(s) URL of an MP4, MOV or MKV, at most ${MAX_URL_LENGTH} characters`,
        maxLength: MAX_URL_LENGTH,
      }),
    upscale_factor: z
      .enum(UPSCALE_FACTORS)
      .default('2')
      .describe('"1" enhances at the same size; "2" and "4" multiply it'),
  })
  .meta({ examples: [EXAMPLE] })

const WebhookEvents = z
  .array(z.enum(WEBHOOK_TYPES))
  .min(1)
  .max(WEBHOOK_TYPES.length)
  .describe('Ends that the webhook tells; all of them where it is left out')

const options = {
  max_credits: z.int().min(1).optional().describe('Refuse where the price is higher'),
  quote_id: z
    .string()
    .min(1)
    .max(MAX_QUOTE_ID)
    .refine(isStorable)
    .optional()
    .describe('Take the price of this quote; URL and factor must be the quoted ones'),
  webhook_url: z
    .string()
    .min(1)
    .max(MAX_URL_LENGTH)
    .refine(isStorable)
    .optional()
    .describe(
      `Public https URL that is told how the task ended, at most ${MAX_URL_LENGTH} characters`,
    ),
  webhook_events: WebhookEvents.optional(),
  metadata: Metadata.optional(),
}

/** Names of the fields that `POST /generate` also takes at the top of its body. */
export const OPTION_NAMES: readonly string[] = Object.keys(options)

/** Body of `POST /tools/upscale-video`. */
export const UpscaleBody = SourceBody.extend({
  ...options,
  webhook_events: WebhookEvents.default([...WEBHOOK_TYPES]),
  metadata: Metadata.default({}),
}).meta({ examples: [EXAMPLE] })

/**
 * Body of `POST /generate`; its fields are checked as those of `UpscaleBody`. No default at the top: it would
 * stand before what `input` says.
 */
export const GenerateBody = z
  .object({
    model: z.literal(MODEL),
    input: UpscaleBody.describe('Fields that the model does not know are ignored'),
    ...options,
  })
  .meta({ examples: [{ model: MODEL, input: EXAMPLE }] })
