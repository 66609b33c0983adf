import type { PublicErrorCode } from '@upscale/types'
import type { RequestHandler } from 'express'
import type { z } from 'zod'
import type { GatewayContext } from '../context.ts'
import { limitAccount } from '../limits/limit-account.ts'
import type { IpLimits } from '../limits/ip-limits.ts'
import type { Route } from './add-routes.ts'
import { authenticate } from './authenticate.ts'
import { jsonBody, noBody } from './json-body.ts'
import type { Operation } from './operation.ts'
import { requireApiAccess } from './require-api-access.ts'

/** One operation of the public API: how it is reached, how the document tells it, and what it does. */
export interface Endpoint {
  /** Its name in the document: camelCase, unique. */
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Whole path, with parameters as the document writes them: `/api/v1/tasks/{id}`. */
  path: string
  /** `account`: with an API key, and with a plan or credit pack where the key is a live one. */
  access: 'account' | 'public'
  /** A burst limit of its own, besides that of all requests. */
  limit?: 'creates' | 'quotes'
  tag: 'Upscale' | 'Tasks' | 'Credits' | 'Models' | 'Upload' | 'Webhooks' | 'Files' | 'Documents'
  summary: string
  /** Markdown: what a customer has to know to use it without guessing. */
  description: string
  params?: z.ZodObject
  query?: z.ZodObject
  /** Request headers, by their lower-case names. */
  headers?: z.ZodObject
  /** The JSON body; where there is no schema none is read. */
  body?: z.ZodObject
  /** Types of a body that is a file: the operation itself reads it. */
  file?: readonly string[]
  /** By status. */
  answers: Readonly<Record<number, EndpointAnswer>>
  /** Besides those that every endpoint of its access may answer. */
  errors: readonly PublicErrorCode[]
  run: Operation
}

export interface EndpointAnswer {
  description: string
  /** `data` of the envelope. */
  data?: z.ZodType
  /** An example of `data`, or of the body where there is another type. */
  example?: unknown
  /** Media types beside or instead of the envelope, with the schema of their body where there is one. */
  media?: Readonly<Record<string, z.ZodType | null>>
  /** An example of the whole body, by media type. */
  mediaExamples?: Readonly<Record<string, string>>
  /** Response headers by name, with what each says. */
  headers?: Readonly<Record<string, string>>
}

/** The route of an endpoint; its requests pass the checks in the contract's order. */
export function routeOf(
  ctx: GatewayContext,
  { countAuthFailure }: Pick<IpLimits, 'countAuthFailure'>,
  { method, path, access, limit, body, run }: Endpoint,
): Route {
  const account: RequestHandler[] = [
    authenticate(ctx.findCaller, countAuthFailure),
    limitAccount(ctx, limit),
    requireApiAccess(ctx),
  ]
  const readBody = body ? jsonBody : method === 'POST' ? [noBody] : []
  return {
    method,
    path: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    before: [...(access === 'account' ? account : []), ...readBody],
    run,
  }
}
