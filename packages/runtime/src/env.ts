import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { StartError } from '@upscale/types'

export type Env = Record<string, string | undefined>

/** A setting is missing or odd: the message names the variable and stops the start. */
export class ConfigError extends StartError {
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
export function envSecret(env: Env, name: string, fallback?: string): string {
  const file = env[`${name}_FILE`]
  return file ? readFileSync(file, 'utf8').trim() : envText(env, name, fallback)
}

/** Where a server waits for calls. */
export interface ListenAddress {
  /** IP address: of this machine alone, or `0.0.0.0` where a container's network keeps others out. */
  host: string
  /** 0: the system chooses one. */
  port: number
}

/** The port that `name` says, on the address that `HOST` says for all of them: loopback by itself. */
export function envListen(env: Env, name: string): ListenAddress {
  const host = envText(env, 'HOST', '127.0.0.1')
  if (isIP(host) === 0) {
    throw new ConfigError(`HOST must be an IP address such as 127.0.0.1 or 0.0.0.0, not "${host}"`)
  }
  return { host, port: envInt(env, name) }
}
