import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface LocalStack {
  gatewayUrl: string
  secret: string
  temporal: { ui: string | null; namespace: string } | null
}

/** The parts that are read here of what a stack writes down in its state folder. */
interface StackRecord {
  /** null while it starts. */
  ready: { temporal: { ui: string | null; namespace: string } } | null
  rows: { service: string; health: string | null }[]
}

/** The stack of a state folder; undefined where none runs, or its gateway has not been started yet. */
export function readLocalStack(stateFolder: string): LocalStack | undefined {
  const record = readJson(join(stateFolder, 'stack.json')) as StackRecord | undefined
  const secrets = readJson(join(stateFolder, 'secrets.json')) as
    { gatewaySecret: string } | undefined
  const health = record?.rows.find(({ service }) => service === 'gateway')?.health
  if (!record || !secrets || !health) return undefined
  return {
    gatewayUrl: new URL(health).origin,
    secret: secrets.gatewaySecret,
    temporal: record.ready?.temporal ?? null,
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined // no stack, or one that another person may not read
  }
}
