import { defaultPayloadConverter } from '@temporalio/common'
import type { Payload } from '@temporalio/common'

/** Stands for what another converter or key has made. */
export const UNREADABLE = '(unreadable)'

/** The value of a payload; `UNREADABLE` where the default converter cannot read it. */
export function readPayload(payload: Payload | null | undefined): unknown {
  if (!payload) return undefined
  try {
    return defaultPayloadConverter.fromPayload(payload)
  } catch {
    return UNREADABLE
  }
}

/** The only value of a list of payloads. */
export const readFirst = (
  payloads: { payloads?: readonly Payload[] | null } | null | undefined,
): unknown => readPayload(payloads?.payloads?.[0])

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const MAX_TEXT = 300

/** A value in words: a text as it is, anything else as JSON; long ones are cut. */
export function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
