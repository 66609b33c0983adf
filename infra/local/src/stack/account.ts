import { accountIdOf } from '@upscale/types'
import type { CustomerId, GrantRequest, OpenCustomerRequest } from '@upscale/types'
import { readJsonFile, writePrivateFile } from '../private-file.ts'
import { Problem } from '../problem.ts'
import type { StackPlan } from './apps.ts'

const CUSTOMER = 'local' as CustomerId
const CREDITS = 100_000
const ACTOR = 'local set-up'

/** The account of the person at this machine: made once, its key is kept and shown again. */
export async function ensureAccount(plan: StackPlan): Promise<{ key: string }> {
  const { ports, secrets, state } = plan
  const billing = { origin: `http://127.0.0.1:${ports.billing}`, secret: secrets.billingSecret }
  const account = accountIdOf(CUSTOMER, true)
  await post(billing, '/customers', {
    customerId: CUSTOMER,
    plan: 'enterprise',
  } satisfies OpenCustomerRequest)
  await post(billing, `/accounts/${account}/grants`, {
    key: 'local-start',
    credits: CREDITS,
    purpose: 'goodwill',
    reason: 'Credits to try the local stack',
    actor: ACTOR,
  } satisfies GrantRequest)

  const kept = readJsonFile(state.account) as { key: string } | undefined
  if (kept && (await isValidKey(ports.api, kept.key))) return kept
  const gateway = {
    origin: `http://127.0.0.1:${ports.gatewayInternal}`,
    secret: secrets.gatewaySecret,
  }
  const request = {
    customerId: CUSTOMER,
    name: 'local',
    livemode: true,
    reason: 'Key of the local stack',
    actor: ACTOR,
  }
  const { key } = (await post(gateway, '/internal/keys', request)) as { key: string }
  writePrivateFile(state.account, JSON.stringify({ key }))
  return { key }
}

async function post(
  to: { origin: string; secret: string },
  path: string,
  body: object,
): Promise<unknown> {
  const answer = await fetch(`${to.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${to.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok)
    throw new Problem(
      `Opening the local account failed: POST ${path} said ${answer.status} ${text}`,
    )
  return text === '' ? undefined : JSON.parse(text)
}

/** The database may be another one than when the key was made. */
async function isValidKey(apiPort: number, key: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${apiPort}/api/v1/credits`, {
    headers: { authorization: `Bearer ${key}` },
  })
  await answer.body?.cancel()
  return answer.status !== 401
}
