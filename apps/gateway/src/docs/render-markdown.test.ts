import { expect, test } from '@jest/globals'
import { pageOf } from './page.ts'
import { anchorOf, renderMarkdown } from './render-markdown.ts'

test.each([
  ['Verify a webhook', 'verify-a-webhook'],
  ['Why was I charged?', 'why-was-i-charged'],
  ['`VIDEO_TOO_LONG`', 'VIDEO_TOO_LONG'],
  ['In JavaScript', 'in-javascript'],
])('%s is linked to as %s', (heading, anchor) => {
  expect(anchorOf(heading)).toBe(anchor)
})

test('a heading links to itself, and a wide table scrolls by itself', () => {
  expect(renderMarkdown('## `NO_RESULT`')).toBe(
    '<h2 id="NO_RESULT"><a href="#NO_RESULT"><code>NO_RESULT</code></a></h2>\n',
  )
  const table = renderMarkdown('| a |\n| --- |\n| `x<y` |')
  expect(table).toMatch(
    /^<div class="wide"><table>[^]*<code>x&lt;y<\/code>[^]*<\/table>\n<\/div>\n$/,
  )
})

test('a page begins with its title and one sentence', () => {
  expect(pageOf('a', '# A page\n\nIt tells\nthis.\n\nMore.')).toMatchObject({
    title: 'A page',
    summary: 'It tells this.',
  })
  expect(() => pageOf('a', '# A page\n## Part')).toThrow('The page a does not begin')
})
