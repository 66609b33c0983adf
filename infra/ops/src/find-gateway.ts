import { readFileSync } from 'node:fs'
import type { LocalStack } from './local-stack.ts'
import { EXIT, Problem, usageProblem } from './problem.ts'
import type { World } from './world.ts'

export interface Gateway {
  /** Of the internal port, without a slash at its end. */
  url: string
  secret: string
  /** In words, for a refusal: where the secret was taken from. */
  secretFrom: string
  /** In words: what to do where it does not answer. */
  hint: string
}

const START =
  'start the stack with `npx pnpm@12 start`, or say where the gateway is with UPSCALE_GATEWAY_INTERNAL_URL and UPSCALE_GATEWAY_SECRET'

/** The gateway that is named by option or variable, else that of the local stack. */
export function findGateway(
  given: string | undefined,
  env: World['env'],
  local: LocalStack | undefined,
): Gateway {
  const named = given ?? (env['UPSCALE_GATEWAY_INTERNAL_URL'] || undefined)
  const secret = readSecret(env)
  if (named !== undefined) {
    const url = readUrl(named)
    if (secret === undefined) {
      throw usageProblem(
        `UPSCALE_GATEWAY_SECRET is not set: it is what the gateway at ${url} was given as GATEWAY_SECRET, and UPSCALE_GATEWAY_SECRET_FILE may name a file that holds it.`,
      )
    }
    const hint = 'see whether it runs, and whether this is its internal port'
    return { url, secret, secretFrom: 'UPSCALE_GATEWAY_SECRET', hint }
  }
  if (!local) throw new Problem(`No stack runs here: ${START}.`, EXIT.unreachable)
  return {
    url: local.gatewayUrl,
    secret: secret ?? local.secret,
    secretFrom: secret === undefined ? 'the state folder' : 'UPSCALE_GATEWAY_SECRET',
    hint: START,
  }
}

function readUrl(text: string): string {
  const url = URL.parse(text)
  const isPlain = url !== null && url.username === '' && url.search === '' && url.hash === ''
  if (isPlain && ['http:', 'https:'].includes(url.protocol)) return url.href.replace(/\/+$/, '')
  throw usageProblem(
    `The gateway's internal port is named by a URL such as http://gateway:4001, not "${text}".`,
  )
}

function readSecret(env: World['env']): string | undefined {
  const file = env['UPSCALE_GATEWAY_SECRET_FILE']
  if (!file) return env['UPSCALE_GATEWAY_SECRET'] || undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Problem(
      'The file that UPSCALE_GATEWAY_SECRET_FILE names cannot be read.',
      EXIT.usage,
      error,
    )
  }
}
