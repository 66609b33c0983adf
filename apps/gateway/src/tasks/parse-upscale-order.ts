import { z } from 'zod'
import { AppError, MODEL, UPSCALE_FACTORS } from '@upscale/types'
import type { UpscaleFactor } from '@upscale/types'

/** A well-formed request for an upscale. */
export interface UpscaleOrder {
  /** As sent; its text is still to be checked. */
  videoUrl: string
  factor: UpscaleFactor
  maxCredits: number | undefined
  metadata: Record<string, string>
  /** Where the fields stood in the body: the prefix of `error.param`. */
  place: '' | 'input.'
}

type Json = Readonly<Record<string, unknown>>

/** Body of `POST /tools/upscale-video`. The first failure in the contract's order is thrown. */
export const parseUpscaleOrder = (body: Json): UpscaleOrder => orderFrom(body, '')

/** Body of `POST /generate`: the same fields in `input`; options also stand at the top. */
export function parseGenerateOrder(body: Json): UpscaleOrder {
  requireModel(body['model'])
  const input = isObject(body['input']) ? body['input'] : {}
  const options = OPTIONS.filter((name) => body[name] !== undefined)
  const fields = { ...input, ...Object.fromEntries(options.map((name) => [name, body[name]])) }
  return orderFrom(fields, 'input.', options)
}

const METADATA_KEYS = 20
const METADATA_KEY_LENGTH = 40
const METADATA_VALUE_LENGTH = 500
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype']

const OPTIONS: readonly string[] = ['max_credits', 'metadata']

const Metadata = z.custom<Record<string, string>>(isMetadata).default({})

/** Body of `POST /tools/upscale-video`. The order of the fields is the order of the checks. */
export const UpscaleBody = z.object({
  video_url: z.string().min(1).describe('Public http(s) URL of an MP4, MOV or MKV'),
  upscale_factor: z.enum(UPSCALE_FACTORS).default('2'),
  max_credits: z.int().min(1).optional().describe('Refuse where the price is higher'),
  metadata: Metadata.describe('Up to 20 texts of yours, returned untouched'),
})

/** Body of `POST /generate`; its fields are checked as those of `UpscaleBody`. */
export const GenerateBody = z.object({
  model: z.literal(MODEL),
  input: UpscaleBody,
  max_credits: UpscaleBody.shape.max_credits,
  metadata: UpscaleBody.shape.metadata,
})

function orderFrom(fields: Json, place: '' | 'input.', atTop = OPTIONS): UpscaleOrder {
  const { success, data, error } = UpscaleBody.safeParse(fields)
  if (success) {
    const { video_url: videoUrl, upscale_factor: factor, max_credits: maxCredits, metadata } = data
    return { videoUrl, factor, maxCredits, metadata, place }
  }
  const field = String(error.issues[0]?.path[0])
  throw fieldError(field, place && !atTop.includes(field) ? `${place}${field}` : field)
}

function fieldError(field: string, param: string): AppError {
  switch (field) {
    case 'video_url':
      return new AppError('MISSING_VIDEO_URL', 'video_url is required', { param })
    case 'upscale_factor':
      return new AppError('INVALID_UPSCALE_FACTOR', 'upscale_factor must be "1", "2" or "4"', {
        param,
      })
    case 'max_credits':
      return new AppError('INVALID_PARAMETER', 'max_credits must be an integer of at least 1', {
        param,
      })
    default:
      return new AppError(
        'INVALID_PARAMETER',
        `metadata must be an object of at most ${METADATA_KEYS} keys of at most ${METADATA_KEY_LENGTH} ` +
          `characters, with text values of at most ${METADATA_VALUE_LENGTH} characters`,
        { param },
      )
  }
}

function requireModel(model: unknown): void {
  const param = 'model'
  if (typeof model !== 'string' || model === '') {
    throw new AppError('MISSING_MODEL', 'model is required', { param })
  }
  if (model !== MODEL) {
    const name = model.length > 60 ? `${model.slice(0, 60)}…` : model
    throw new AppError('INVALID_MODEL', `Unknown model "${name}". Available: ${MODEL}`, { param })
  }
}

/** Checked by hand: a schema would drop a key called `__proto__`, and metadata goes back untouched. */
function isMetadata(value: unknown): value is Record<string, string> {
  if (!isObject(value)) return false
  const entries = Object.entries(value)
  return entries.length <= METADATA_KEYS && entries.every(([key, text]) => isEntry(key, text))
}

const isEntry = (key: string, text: unknown): boolean =>
  typeof text === 'string' &&
  key.length <= METADATA_KEY_LENGTH &&
  text.length <= METADATA_VALUE_LENGTH &&
  !UNSAFE_KEYS.includes(key) &&
  [key, text].every(isStorable)

/** PostgreSQL takes neither NUL nor half a surrogate pair. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
