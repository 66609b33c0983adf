import { z } from 'zod'
import { sendText } from '../docs/send-page.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async (ctx, _req, res) => sendText(res, ctx.site.llmsFull, 'text/plain')

export const getLlmsFull: Endpoint = {
  id: 'getLlmsFull',
  method: 'GET',
  path: '/llms-full.txt',
  access: 'public',
  tag: 'Documents',
  summary: 'All pages in one',
  description: 'The guide, the errors and the reference as Markdown.',
  answers: { 200: { description: 'The text', media: { 'text/plain': z.string() } } },
  errors: [],
  run,
}
