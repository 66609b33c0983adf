import type { Endpoint } from '../http/endpoint.ts'
import { openApiDocument } from '../openapi/document.ts'
import type { OpenApiDocument } from '../openapi/document.ts'
import { loadAssets } from './assets.ts'
import type { Asset } from './assets.ts'
import { errorsPage } from './errors-page.ts'
import { guidePages } from './guide.ts'
import { pageHtml, viewerHtml } from './layout.ts'
import { llmsFullText, llmsText } from './llms.ts'
import { referencePage } from './reference-page.ts'
import { renderMarkdown } from './render-markdown.ts'

/** All documents of the API, made once. */
export interface Site {
  openApi: OpenApiDocument
  /** Pages and their Markdown by the last part of their paths; the front page is ''. */
  html: ReadonlyMap<string, string>
  markdown: ReadonlyMap<string, string>
  assets: ReadonlyMap<string, Asset>
  llms: string
  llmsFull: string
}

export function createSite(endpoints: readonly Endpoint[], publicUrl: string): Site {
  const openApi = openApiDocument(endpoints, publicUrl)
  const pages = [
    ...guidePages(publicUrl),
    errorsPage(publicUrl),
    referencePage(endpoints, openApi, publicUrl),
  ]
  const { byName, files } = loadAssets()
  const facts = { pages, files }
  const html = new Map(
    pages.map((page) => [page.slug, pageHtml(page, renderMarkdown(page.markdown), facts)]),
  )
  const [first] = pages
  html.set('', html.get(first?.slug ?? '') ?? '')
  html.set('reference', viewerHtml(facts))
  return {
    openApi,
    html,
    markdown: new Map(pages.map(({ slug, markdown }) => [slug, markdown])),
    assets: byName,
    llms: llmsText(pages, publicUrl),
    llmsFull: llmsFullText(pages),
  }
}
