/** The official CLI that we download or build; its server has workflow Pause and fairness. */
export const CLI_VERSION = '1.8.2'

const OLDEST_SERVER = [1, 30] as const

/** Whether what `temporal --version` prints is new enough. */
export function isRecentTemporal(versionText: string): boolean {
  const found = /\(Server (\d+)\.(\d+)/.exec(versionText)
  if (!found) return false
  const [major, minor] = [Number(found[1]), Number(found[2])]
  return major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1])
}
