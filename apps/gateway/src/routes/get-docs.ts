import { z } from 'zod'
import { sendPage } from '../docs/send-page.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async (ctx, _req, res) => {
  sendPage(res, ctx.site.html.get('') ?? '')
}

export const getDocs: Endpoint = {
  id: 'getDocs',
  method: 'GET',
  path: '/docs',
  access: 'public',
  tag: 'Documents',
  summary: 'The front page of the guide',
  description: 'For people; it needs nothing from elsewhere.',
  answers: { 200: { description: 'The page', media: { 'text/html': z.string() } } },
  errors: [],
  run,
}
