/** One page of the documentation. */
export interface Page {
  /** Last part of its path. */
  slug: string
  title: string
  /** One line on what it is about. */
  summary: string
  markdown: string
}

/** A page of a text that begins with its title and, after an empty line, its summary. */
export function pageOf(slug: string, markdown: string): Page {
  const [, title, summary] = /^# (.+)\n\n(.+(?:\n.+)*)/.exec(markdown) ?? []
  if (title === undefined || summary === undefined) {
    throw new Error(`The page ${slug} does not begin with a title and a summary`)
  }
  return { slug, title, summary: summary.replaceAll('\n', ' '), markdown }
}
