import { z } from 'zod'
import { sendText } from '../docs/send-page.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async (ctx, _req, res) => sendText(res, ctx.site.llms, 'text/plain')

export const getLlms: Endpoint = {
  id: 'getLlms',
  method: 'GET',
  path: '/llms.txt',
  access: 'public',
  tag: 'Documents',
  summary: 'Where agents begin',
  description: 'What the API does, the rules that an agent needs, and links to each page.',
  answers: { 200: { description: 'The text', media: { 'text/plain': z.string() } } },
  errors: [],
  run,
}
