import type { Page } from './page.ts'

/** Where the files stand that a page needs. */
export interface PageFiles {
  style: string
  viewerStyle: string
  viewer: string
  viewerStart: string
}

interface LayoutFacts {
  pages: readonly Page[]
  files: PageFiles
}

/** A text as a page, with the way to all others beside it. It runs no script. */
export const pageHtml = (
  { slug, title }: Pick<Page, 'slug' | 'title'>,
  content: string,
  { pages, files }: LayoutFacts,
): string => `${headOf(title, [files.style])}
<body>
<header><a class="name" href="/docs">Upscale</a><a href="/docs/reference">API reference</a><a href="/openapi.json">openapi.json</a></header>
<div class="columns">
<nav aria-label="Pages"><ul>
${pages.map((page) => linkOf(page, slug)).join('\n')}
</ul></nav>
<main>
${content}
<footer><a href="/docs/${slug}.md">This page as Markdown</a></footer>
</main>
</div>
</body>
</html>
`

/** The page of the viewer, which reads the document itself. */
export const viewerHtml = ({ files }: LayoutFacts): string => `${headOf('API reference', [
  files.viewerStyle,
  files.style,
])}
<body class="viewer">
<header><a class="name" href="/docs">Upscale</a><a href="/docs/errors">Errors</a><a href="/openapi.json">openapi.json</a><a href="/docs/reference.md">As Markdown</a></header>
<div id="viewer"><noscript><p>The reference needs JavaScript. <a href="/docs/reference.md">As Markdown</a> it does not.</p></noscript></div>
<script src="${files.viewer}"></script>
<script src="${files.viewerStart}"></script>
</body>
</html>
`

const headOf = (title: string, styles: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Upscale</title>
<link rel="icon" href="data:,">
${styles.map((style) => `<link rel="stylesheet" href="${style}">`).join('\n')}
</head>`

const linkOf = ({ slug, title }: Page, current: string): string =>
  `<li><a href="/docs/${slug}"${slug === current ? ' aria-current="page"' : ''}>${title}</a></li>`
