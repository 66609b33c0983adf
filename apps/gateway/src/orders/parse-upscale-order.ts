import { checkWebhookUrl, fetchFailed } from '@upscale/safe-fetch'
import type { SafeFetchPolicy } from '@upscale/safe-fetch'
import { AppError, MAX_URL_LENGTH, MODEL } from '@upscale/types'
import type { UpscaleFactor } from '@upscale/types'
import type { z } from 'zod'
import { WEBHOOK_TYPES } from '../webhooks/webhook-type.ts'
import type { WebhookType } from '../webhooks/webhook-type.ts'
import { isStorable } from './is-storable.ts'
import { METADATA_LIMITS } from './metadata-schema.ts'
import { OPTION_NAMES, SourceBody, UpscaleBody } from './upscale-body.ts'

/** A well-formed request for the price of an upscale. */
export interface SourceOrder {
  /** As sent; its text is still to be checked. */
  videoUrl: string
  factor: UpscaleFactor
  /** Where the fields stood in the body: the prefix of `error.param`. */
  place: '' | 'input.'
}

/** A well-formed request for an upscale. */
export interface UpscaleOrder extends SourceOrder {
  maxCredits: number | undefined
  quoteId: string | undefined
  webhookUrl: string | undefined
  /** Each once, in the order of the types. */
  webhookEvents: WebhookType[]
  metadata: Record<string, string>
  /** Options that stood in `input`. */
  inInput?: readonly string[]
}

/** `error.param` of an option of this order. */
export const optionPath = ({ inInput }: Pick<UpscaleOrder, 'inInput'>, name: string): string =>
  inInput?.includes(name) ? `input.${name}` : name

type Json = Readonly<Record<string, unknown>>

/** Body of `POST /tools/upscale-video`. The first failure in the contract's order is thrown. */
export const parseUpscaleOrder = (body: Json, policy: SafeFetchPolicy): UpscaleOrder =>
  orderFrom(body, policy, { place: '', atTop: OPTION_NAMES })

/** Body of `POST /generate`: the same fields in `input`; options also stand at the top. */
export function parseGenerateOrder(body: Json, policy: SafeFetchPolicy): UpscaleOrder {
  requireModel(body['model'])
  const input = isObject(body['input']) ? body['input'] : {}
  const atTop = OPTION_NAMES.filter((name) => body[name] !== undefined)
  const fields = { ...input, ...Object.fromEntries(atTop.map((name) => [name, body[name]])) }
  return orderFrom(fields, policy, { place: 'input.', atTop })
}

/** Body of `POST /tools/upscale-video/quote`. */
export function parseSourceOrder(body: Json): SourceOrder {
  const { video_url: videoUrl, upscale_factor: factor } = parse(SourceBody, body, (field) => field)
  return { videoUrl, factor, place: '' }
}

interface Places {
  place: '' | 'input.'
  /** Options that stood at the top of the body. */
  atTop: readonly string[]
}

function orderFrom(fields: Json, policy: SafeFetchPolicy, { place, atTop }: Places): UpscaleOrder {
  const pathOf = (field: string) => (place && !atTop.includes(field) ? `${place}${field}` : field)
  const body = parse(UpscaleBody, fields, pathOf)
  if (body.webhook_url !== undefined) {
    requireWebhookUrl(body.webhook_url, policy, pathOf('webhook_url'))
  }
  requireStorable(body.video_url, pathOf('video_url'))
  return {
    videoUrl: body.video_url,
    factor: body.upscale_factor,
    maxCredits: body.max_credits,
    quoteId: body.quote_id,
    webhookUrl: body.webhook_url,
    webhookEvents: WEBHOOK_TYPES.filter((type) => body.webhook_events.includes(type)),
    metadata: body.metadata,
    place,
    inInput: place ? OPTION_NAMES.filter((name) => !atTop.includes(name)) : [],
  }
}

function parse<Schema extends z.ZodObject>(
  schema: Schema,
  fields: Json,
  pathOf: (field: string) => string,
): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(fields)
  if (success) return data
  const field = String(error.issues[0]?.path[0])
  throw fieldError(field, pathOf(field))
}

function fieldError(field: string, param: string): AppError {
  switch (field) {
    case 'video_url':
      return new AppError('MISSING_VIDEO_URL', 'video_url is required', { param })
    case 'upscale_factor':
      return new AppError('INVALID_UPSCALE_FACTOR', 'upscale_factor must be "1", "2" or "4"', {
        param,
      })
    case 'webhook_url':
      return invalidWebhookUrl(param)
    default:
      return new AppError('INVALID_PARAMETER', RULES[field] ?? `${field} is not valid`, { param })
  }
}

const RULES: Readonly<Record<string, string>> = {
  max_credits: 'max_credits must be an integer of at least 1',
  quote_id: 'quote_id must be the quote_id of a quote',
  webhook_events: `webhook_events must list one or more of ${WEBHOOK_TYPES.join(', ')}`,
  metadata:
    `metadata must be an object of at most ${METADATA_LIMITS.keys} keys of at most ` +
    `${METADATA_LIMITS.keyLength} characters, with text values of at most ${METADATA_LIMITS.valueLength} characters`,
}

const invalidWebhookUrl = (param: string): AppError =>
  new AppError(
    'INVALID_WEBHOOK_URL',
    `webhook_url must be a public https URL of at most ${MAX_URL_LENGTH} characters`,
    { key: 'url_invalid', param },
  )

function requireWebhookUrl(url: string, policy: SafeFetchPolicy, param: string): void {
  try {
    checkWebhookUrl(url, policy)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, error.message, { key: error.key, param })
  }
}

/** The rest of the URL's text is checked with the probe; the order is stored before that. */
function requireStorable(videoUrl: string, param: string): void {
  if (videoUrl.length <= MAX_URL_LENGTH && isStorable(videoUrl)) return
  const { code, message, key } = fetchFailed('url_invalid')
  throw new AppError(code, message, { key, param })
}

function requireModel(model: unknown): void {
  const param = 'model'
  if (typeof model !== 'string' || model === '') {
    throw new AppError('MISSING_MODEL', 'model is required', { param })
  }
  if (model !== MODEL) {
    const name = model.length > 60 ? `${model.slice(0, 60)}…` : model
    throw new AppError(
      'INVALID_MODEL',
      `Unknown model ${JSON.stringify(name)}. Available: ${MODEL}`,
      { param },
    )
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
