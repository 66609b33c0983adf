import { randomBytes } from 'node:crypto'
import { readJsonFile, writePrivateFile } from './private-file.ts'

const word = () => randomBytes(24).toString('base64url')

const keyRing = () => `k1:${randomBytes(32).toString('base64')}`

const makeSecrets = () => ({
  billingSecret: word(),
  gatewaySecret: word(),
  apiKeyPepper: word(),
  /** Key ring that seals customers' URLs: `id:base64 of 32 bytes`. */
  sourceKeys: keyRing(),
  /** Key ring that seals what signs customers' webhooks. */
  webhookKeys: keyRing(),
})

export type Secrets = ReturnType<typeof makeSecrets>

/** The stack's secrets, each made when it is first needed and kept in a file that only its owner may read. */
export function readSecrets(path: string): Secrets {
  const kept = (readJsonFile(path) ?? {}) as Partial<Secrets>
  const made = makeSecrets()
  const secrets = { ...made, ...kept }
  const isWhole = Object.keys(made).every((name) => Object.hasOwn(kept, name)) // else of an older version
  if (!isWhole) writePrivateFile(path, JSON.stringify(secrets, null, 2))
  return secrets
}
