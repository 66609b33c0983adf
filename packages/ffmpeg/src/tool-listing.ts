/** First word after "ffmpeg version": `5.1.9-0+deb12u1`, `n7.1`, `N-118193-g…`. */
export const versionIn = (text: string): string | undefined =>
  /^ffmpeg version (\S+)/.exec(text)?.[1]

/** 5.1 or newer; a build from the development branch has no number and counts as new. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^n?(\d+)\.(\d+)/.exec(version) ?? []
  return major === undefined || Number(major) > 5 || (major === '5' && Number(minor) >= 1)
}

/** Names in what `-encoders` or `-filters` prints: the word behind the flags. */
export const namesIn = (listing: string): ReadonlySet<string> =>
  new Set(Array.from(listing.matchAll(/^ [A-Z.]{2,6} (\w+)\s/gm), ([, name]) => name ?? ''))
