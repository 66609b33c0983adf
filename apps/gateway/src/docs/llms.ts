import type { Page } from './page.ts'

/** `/llms.txt`: what an agent reads first, in the format of llmstxt.org. */
export const llmsText = (pages: readonly Page[], publicUrl: string): string => `# Upscale

> An HTTP API that upscales short videos (MP4, MOV, MKV, 60 s at most): post a URL and a factor, pay credits per second, poll or be told, download a better video. A failed upscale is refunded by itself.

Base URL: ${publicUrl}/api/v1, with \`Authorization: Bearer sk-…\`.

Rules for agents:

- A create spends credits at once. Quote first (\`POST /tools/upscale-video/quote\`, free), and send \`max_credits\` with the create: it is refused where the price is higher.
- Send an \`Idempotency-Key\` with every create, and reuse the same key when you retry: then nothing is paid for twice. After a 5xx or a lost connection, retry with the same key.
- Wait with \`Prefer: wait=60\` on the create, or read \`GET /tasks/{id}\` every two seconds, until \`status\` is \`completed\` (the file is at \`result.url\`), \`failed\` or \`canceled\`.
- A failed task is HTTP 200 with \`status: "failed"\`; read \`error.code\` and \`error.key\`. It was refunded already.
- Retry only where \`error.retryable\` is true, and not before \`Retry-After\`.
- \`upscale_factor\` is a text: "1", "2" or "4".
- Try things with a \`sk-test-…\` key and \`https://magic.test/ok.mp4\`: it costs nothing.

## Guide

${pages.map(({ slug, title, summary }) => `- [${title}](${publicUrl}/docs/${slug}.md): ${summary}`).join('\n')}

## Machine-readable

- [OpenAPI 3.1](${publicUrl}/openapi.json): every operation, schema, header and error code
- [Everything in one file](${publicUrl}/llms-full.txt): all pages above
`

/** `/llms-full.txt`: all pages, one after the other. */
export const llmsFullText = (pages: readonly Page[]): string =>
  pages.map(({ markdown }) => markdown.trimEnd()).join('\n\n---\n\n') + '\n'
