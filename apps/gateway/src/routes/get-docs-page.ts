import { z } from 'zod'
import { sendPage, sendText } from '../docs/send-page.ts'
import { noSuchEndpoint } from '../http/app-error-from.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async ({ site }, req, res) => {
  const name = String(req.params['page'])
  const isMarkdown = name.endsWith('.md')
  const text = isMarkdown ? site.markdown.get(name.slice(0, -3)) : site.html.get(name)
  if (text === undefined) throw noSuchEndpoint(`GET ${req.path}`)
  if (isMarkdown) sendText(res, text, 'text/markdown')
  else sendPage(res, text, name === 'reference')
}

export const getDocsPage: Endpoint = {
  id: 'getDocsPage',
  method: 'GET',
  path: '/docs/{page}',
  access: 'public',
  tag: 'Documents',
  summary: 'A page of the guide, the errors, or the reference',
  description:
    'As HTML, and with `.md` behind its name as Markdown. `doc_url` of each error leads to its section of `/docs/errors`.',
  params: z.object({ page: z.string().describe('`quick-start`, `errors`, `errors.md` …') }),
  answers: {
    200: {
      description: 'The page',
      media: { 'text/html': z.string(), 'text/markdown': z.string() },
    },
  },
  errors: ['NOT_FOUND'],
  run,
}
