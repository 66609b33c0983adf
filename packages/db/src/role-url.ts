import { createHmac } from 'node:crypto'

/** What an app connects with: the administrator's URL with the app's role and password instead. */
export function appUrl(adminUrl: string, role: string, password: string): string {
  const url = new URL(adminUrl)
  url.username = encodeURIComponent(role)
  url.password = encodeURIComponent(password)
  return url.href
}

/** The password in a connection URL; undefined where it has none. */
export const passwordIn = (url: string): string | undefined =>
  decodeURIComponent(URL.parse(url)?.password ?? '') || undefined

/**
 * A password for a role, derived from the administrator's, so that one machine has one secret to keep.
 * Throws where the administrator's URL has none: give the role a password of its own there.
 */
export function rolePassword(adminUrl: string, role: string): string {
  const secret = decodeURIComponent(new URL(adminUrl).password)
  if (secret === '') {
    throw new Error(`The administrator's URL has no password: give ${role} a password of its own`)
  }
  return createHmac('sha256', secret).update(role).digest('base64url')
}
