import { readFileSync } from 'node:fs'

export type Env = Record<string, string | undefined>

/** A setting is missing or odd: the message names the variable and stops the start. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A text setting; without a fallback it must be set. */
export function envText(env: Env, name: string, fallback?: string): string {
  const value = env[name] || fallback
  if (value === undefined) throw new ConfigError(`${name} is not set`)
  return value
}

/** A whole number ≥ 0. */
export function envInt(env: Env, name: string, fallback?: number): number {
  const text = envText(env, name, fallback?.toString())
  if (!/^\d{1,15}$/.test(text))
    throw new ConfigError(`${name} must be a whole number, not "${text}"`)
  return Number(text)
}

/** A secret: from the variable, or from the file that `<name>_FILE` names. */
export function envSecret(env: Env, name: string): string {
  const file = env[`${name}_FILE`]
  return file ? readFileSync(file, 'utf8').trim() : envText(env, name)
}
