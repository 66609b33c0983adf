import { randomBytes } from 'node:crypto'
import { readJsonFile, writePrivateFile } from './private-file.ts'

const word = () => randomBytes(24).toString('base64url')

const makeSecrets = () => ({
  billingSecret: word(),
  gatewaySecret: word(),
  apiKeyPepper: word(),
  /** Key ring that seals customers' URLs: `id:base64 of 32 bytes`. */
  sourceKeys: `k1:${randomBytes(32).toString('base64')}`,
})

export type Secrets = ReturnType<typeof makeSecrets>

/** The stack's secrets, made at the first start and kept in a file that only its owner may read. */
export function readSecrets(path: string): Secrets {
  const kept = readJsonFile(path)
  const secrets = { ...makeSecrets(), ...(kept as Partial<Secrets> | undefined) }
  if (kept === undefined) writePrivateFile(path, JSON.stringify(secrets, null, 2))
  return secrets
}
