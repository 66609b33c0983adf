import { ERRORS, PUBLIC_CODES, isRetryable } from '@upscale/types'
import type { PublicErrorCode } from '@upscale/types'
import { exampleErrorOf } from '../openapi/error-examples.ts'
import { EXAMPLE_HOST } from '../tasks/task-examples.ts'
import { failure } from '../http/envelope.ts'
import { ERROR_HELP } from './error-help.ts'
import { KEY_HELP } from './key-help.ts'
import { pageOf } from './page.ts'
import type { Page } from './page.ts'

/** The page that `doc_url` points to: one section for each code. */
export function errorsPage(publicUrl: string): Page {
  const text = [INTRODUCTION, overview(), ...PUBLIC_CODES.map(sectionOf)].join('\n')
  return pageOf('errors', text.replaceAll(EXAMPLE_HOST, publicUrl))
}

const INTRODUCTION = `# Errors

Every code that this API answers: when it comes, what moved in credits, and how to fix it.

An error is \`{ "success": false, "error": { "code", "key", "message", … } }\` with a 4xx or 5xx status; a task that
failed has the same object in \`task.error\`, in an answer with status 200. Branch on \`code\`, more finely on \`key\`;
\`message\` is for people and may change. \`param\` names the field or header, \`retryable\` says whether the same
request may succeed later, \`request_id\` is what to tell us. With \`Accept: application/problem+json\` errors come as
problem details (RFC 9457) with the same members.

A refused request was never charged and left no task. A failed task was refunded before it shows its error.
`

const overview = (): string =>
  [
    '| Code | HTTP | Retry may help |',
    '| --- | --- | --- |',
    ...PUBLIC_CODES.map(
      (code) => `| [\`${code}\`](#${code}) | ${statusOf(code)} | ${retryOf(code).split(':')[0]} |`,
    ),
    '',
  ].join('\n')

function sectionOf(code: PublicErrorCode): string {
  const { when, fix } = ERROR_HELP[code]
  return `## \`${code}\`

${when}

- **HTTP status**: ${statusOf(code)}
- **Retry**: ${retryOf(code)}
- **Credits**: ${creditsOf(code)}
- **Fix**: ${fix}
${keysOf(code)}
\`\`\`json
${JSON.stringify(exampleOf(code), undefined, 2)}
\`\`\`
`
}

const exampleOf = (code: PublicErrorCode): object => {
  const view = exampleErrorOf(code)
  return isOfTask(code) ? view : failure(view)
}

const isOfTask = (code: PublicErrorCode): boolean => ERRORS[code].status === 'task'

const statusOf = (code: PublicErrorCode): string => {
  if (code === 'INTERNAL_ERROR') return '500, or in `task.error`'
  return isOfTask(code) ? 'in `task.error`' : String(ERRORS[code].status)
}

function retryOf(code: PublicErrorCode): string {
  const keys = Object.keys(KEY_HELP[code] ?? {}).filter((key) => isRetryable(code, key))
  if (code === 'PROBE_FAILED') {
    return `by key: yes with ${keys.map((key) => `\`${key}\``).join(', ')}; no with the others`
  }
  return ERRORS[code].retryable ? 'yes: the same request may succeed later' : 'no'
}

function creditsOf(code: PublicErrorCode): string {
  if (code === 'TASK_CANCELED') {
    return 'given back in full before the upscale began, in part while it ran; `refunded_credits` says how many'
  }
  if (code === 'INTERNAL_ERROR') return 'none moved; of a task, all were given back'
  if (isOfTask(code)) return 'all were given back; `refunded_credits` says how many'
  return 'none moved'
}

function keysOf(code: PublicErrorCode): string {
  const keys = Object.entries(KEY_HELP[code] ?? {})
  if (keys.length === 0) return ''
  const rows = keys.map(([key, text]) => `| \`${key}\` | ${text} |`)
  return `\n| \`key\` | Means |\n| --- | --- |\n${rows.join('\n')}\n`
}
