import type { Tools } from './find-tools.ts'

/**
 * The tool behind the limits that the machine offers: address space, no core file, few open files; and it
 * dies with us, so that no second encoder runs on after a crash of this process.
 */
export function guarded(
  tools: Pick<Tools, 'ffmpeg' | 'ffprobe' | 'prlimit' | 'setpriv'>,
  tool: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  memoryBytes: number,
): [command: string, args: string[]] {
  const words = [
    ...(tools.prlimit ? [tools.prlimit, `--as=${memoryBytes}`, '--core=0', '--nofile=256'] : []),
    ...(tools.setpriv ? [tools.setpriv, '--pdeathsig', 'KILL'] : []),
    tools[tool],
    ...args,
  ]
  const [command = tools[tool], ...rest] = words
  return [command, rest]
}
