import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the work tree. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
export const inRepository = (...parts: string[]): string => join(REPOSITORY, ...parts)
export const SAMPLE_CLIP = inRepository('samples', 'big-buck-bunny-360p.mp4')

/** Arguments of Node for one of our own source files. */
export const sourceArgs = (...parts: string[]): string[] => [
  '--conditions=@upscale/source',
  '--disable-warning=ExperimentalWarning',
  inRepository(...parts),
]
