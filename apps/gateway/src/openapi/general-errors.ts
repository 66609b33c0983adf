import { ERRORS } from '@upscale/types'
import type { PublicErrorCode } from '@upscale/types'
import type { Endpoint } from '../http/endpoint.ts'

const EVERYWHERE = [
  'INVALID_PARAMETER', // a malformed request never gets as far as the operation
  'METHOD_NOT_ALLOWED',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
] as const satisfies PublicErrorCode[]

const WITH_KEY = [
  'MISSING_AUTH_HEADER',
  'INVALID_AUTH_FORMAT',
  'INVALID_KEY_FORMAT',
  'INVALID_API_KEY',
  'FORBIDDEN',
] as const satisfies PublicErrorCode[]

const WITH_BODY = ['BODY_TOO_LARGE', 'UNSUPPORTED_ENCODING'] as const satisfies PublicErrorCode[]

/** All codes that an operation may answer, by HTTP status. */
export function errorsByStatus(endpoint: Endpoint): Map<number, PublicErrorCode[]> {
  const codes = new Set<PublicErrorCode>([
    ...endpoint.errors,
    ...EVERYWHERE,
    ...(endpoint.access === 'account' ? WITH_KEY : []),
    ...(endpoint.method === 'POST' ? WITH_BODY : []),
    ...(endpoint.body ? (['INVALID_JSON'] as const) : []),
    ...(/[{*]/.test(endpoint.path) ? (['NOT_FOUND'] as const) : []), // it cannot be decoded
  ])
  const byStatus = new Map<number, PublicErrorCode[]>()
  for (const code of codes) {
    const { status } = ERRORS[code]
    if (status === 'task') throw new Error(`${endpoint.id}: ${code} never ends a request`)
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b))
}
