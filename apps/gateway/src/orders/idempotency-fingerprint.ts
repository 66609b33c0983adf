import { createHash } from 'node:crypto'
import type { UpscaleOrder } from './parse-upscale-order.ts'

/**
 * SHA-256 of what makes two requests the same: method and path (`target`), and the validated fields, whatever
 * their order and wherever in the body they stood.
 */
export const fingerprintOf = (target: string, order: UpscaleOrder): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([target, ...fieldsOf(order).toSorted(byName)]))
    .digest()

type Field = readonly [name: string, value: string | number]

/** Flat, by the names of the contract; a field that is not given is left out. */
function fieldsOf(order: UpscaleOrder): Field[] {
  const fields: (readonly [string, string | number | undefined])[] = [
    ['video_url', order.videoUrl],
    ['upscale_factor', order.factor],
    ['max_credits', order.maxCredits],
    ['quote_id', order.quoteId],
    ['webhook_url', order.webhookUrl],
    ['webhook_events', order.webhookEvents.toSorted().join()],
    ...Object.entries(order.metadata).map(([key, text]): Field => [`metadata.${key}`, text]),
  ]
  return fields.filter((field): field is Field => field[1] !== undefined)
}

/** By code units: the same on every machine. */
const byName = ([a]: Field, [b]: Field): number => (a < b ? -1 : 1)
