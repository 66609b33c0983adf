import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'
import { sendJson } from '../http/send-json.ts'

const run: Operation = async (ctx, _req, res) => {
  res.setHeader('Cache-Control', 'public, max-age=300')
  sendJson(res, ctx.site.openApi)
}

export const getOpenApi: Endpoint = {
  id: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  access: 'public',
  tag: 'Documents',
  summary: 'This document',
  description: 'OpenAPI 3.1 with JSON Schema 2020-12.',
  answers: {
    200: {
      description: 'The document',
      example: { openapi: '3.1.1', info: { title: 'Upscale API', version: '1.0.0' }, paths: {} },
      media: { 'application/json': z.looseObject({ openapi: z.string() }) },
    },
  },
  errors: [],
  run,
}
