import { homedir } from 'node:os'
import { join } from 'node:path'

/** What is made once per machine, outside the work tree. */
export const cacheFolder = (...parts: string[]): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'upscale', ...parts)
