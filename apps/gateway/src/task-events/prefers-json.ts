import { likingOf } from '../http/accept.ts'

/**
 * Whether an `Accept` header likes `application/json` better than `text/event-stream`; of two that are liked
 * alike the one that is named more exactly. In a tie and without the header the events are streamed.
 */
export function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined) return false
  const json = likingOf('application/json', accept)
  const stream = likingOf('text/event-stream', accept)
  return json.quality === stream.quality
    ? json.specificity > stream.specificity
    : json.quality > stream.quality
}
