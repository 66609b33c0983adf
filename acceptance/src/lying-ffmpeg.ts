import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const PICTURES = 20
const folderOf = (state: string): string => join(state, 'tools')
const lieOf = (state: string): string => join(folderOf(state), 'lie')

/** An ffmpeg for a stack, and the ffprobe beside it: the real ones, but that the encoder can be made to lie. */
export async function makeFfmpeg(state: string): Promise<string> {
  const folder = folderOf(state)
  await mkdir(folder, { recursive: true })
  const path = `PATH='${process.env['PATH']}'`
  const real = process.env['FFMPEG_PATH'] ?? 'ffmpeg'
  const scripts = {
    ffmpeg: `${path}
if [ -e '${lieOf(state)}' ]; then case "$*" in *libx264*)
  last=
  for arg; do last=$arg; done
  count=$#
  while [ $count -gt 1 ]; do set -- "$@" "$1"; shift; count=$((count - 1)); done
  shift
  set -- "$@" -frames:v ${PICTURES} "$last"
esac; fi
exec ${real} "$@"`,
    ffprobe: `${path}\nexec ${process.env['FFPROBE_PATH'] ?? 'ffprobe'} "$@"`,
  }
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(folder, name)
    await writeFile(file, `#!/bin/sh\n${script}\n`)
    await chmod(file, 0o755)
  }
  return join(folder, 'ffmpeg')
}

/** From now on the encoder leaves pictures out and says that all is well, until it is mended. */
export async function lieAboutPictures(state: string): Promise<() => Promise<void>> {
  await writeFile(lieOf(state), '')
  return () => rm(lieOf(state))
}
