import { Marked, Renderer } from 'marked'

/** Markdown of ours as HTML; each heading can be linked to. */
export function renderMarkdown(markdown: string): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = anchorOf(text)
        const content = this.parser.parseInline(tokens)
        return `<h${depth} id="${id}"><a href="#${id}">${content}</a></h${depth}>\n`
      },
      table(token) {
        return `<div class="wide">${Renderer.prototype.table.call(this, token)}</div>\n`
      },
    },
  })
  return marked.parse(markdown, { async: false })
}

/** `Verify a webhook` → `verify-a-webhook`; a code stays as it is. */
export const anchorOf = (heading: string): string => {
  const text = heading.replaceAll('`', '')
  return /^[A-Z][A-Z_]+$/.test(text)
    ? text
    : text
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '')
}
