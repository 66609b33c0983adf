import { accountIdOf } from '@upscale/types'
import type {
  CreateKeyRequest,
  CustomerId,
  GrantRequest,
  NewKeyView,
  OpenCustomerRequest,
} from '@upscale/types'
import { readJsonFile, writePrivateFile } from '../private-file.ts'
import { Problem } from '../problem.ts'
import type { StackPlan } from './apps.ts'

const CUSTOMER = 'local' as CustomerId
const CREDITS = 100_000
const ACTOR = 'local set-up'

export interface AccountKeys {
  key: string
  /** Of its test account. */
  testKey: string
}

/** The account of the person at this machine: made once, its keys are kept and shown again. */
export async function ensureAccount(plan: StackPlan): Promise<AccountKeys> {
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

  const kept = (readJsonFile(state.account) ?? {}) as Partial<AccountKeys>
  const keyFor = async (livemode: boolean, known: string | undefined): Promise<string> => {
    if (known !== undefined && (await isValidKey(ports.api, known))) return known
    return await createKey(plan, livemode)
  }
  const keys = { key: await keyFor(true, kept.key), testKey: await keyFor(false, kept.testKey) }
  writePrivateFile(state.account, JSON.stringify(keys))
  return keys
}

async function createKey({ ports, secrets }: StackPlan, livemode: boolean): Promise<string> {
  const origin = `http://127.0.0.1:${ports.gatewayInternal}`
  const request: CreateKeyRequest = {
    customerId: CUSTOMER,
    name: livemode ? 'local' : 'local test',
    livemode,
    reason: 'Key of the local stack',
    actor: ACTOR,
  }
  const made = await post({ origin, secret: secrets.gatewaySecret }, '/internal/keys', request)
  return (made as NewKeyView).key
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
