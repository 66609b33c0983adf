import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { RECIPES } from './media-recipes.ts'
import type { ClipName, Recipe } from './media-recipes.ts'

const run = promisify(execFile)
const FFMPEG = process.env['FFMPEG_PATH'] ?? 'ffmpeg'
const FOLDER = join(tmpdir(), 'upscale-media')

/** Path of a test clip; made by ffmpeg on first use, kept under a hash of its recipe. Never write to it. */
export async function clip(name: ClipName): Promise<string> {
  const recipe: Recipe = RECIPES[name]
  if ('ffmpeg' in recipe) return await encoded(name, recipe.ffmpeg)
  if ('bytes' in recipe) return await stored(name, recipe.bytes())
  return await stored(name, recipe.change(await readFile(await clip(recipe.edit as ClipName))))
}

/** The bytes of a test clip. */
export const clipBytes = async (name: ClipName): Promise<Buffer> => readFile(await clip(name))

async function encoded(name: ClipName, command: string): Promise<string> {
  const args: string[] = []
  for (const word of command.split(' ')) args.push(await withPaths(word))
  const path = pathOf(name, args.join(' '))
  if (await exists(path)) return path
  const part = await partOf(path)
  await run(FFMPEG, ['-nostdin', '-v', 'error', '-y', ...args, part], { timeout: 120_000 })
  await rename(part, path)
  return path
}

async function withPaths(word: string): Promise<string> {
  let text = word
  for (const [mark, name] of word.matchAll(/<([^>]+)>/g)) {
    text = text.replace(mark, await clip(name as ClipName))
  }
  return text
}

async function stored(name: ClipName, bytes: Buffer): Promise<string> {
  const path = pathOf(name, bytes)
  if (await exists(path)) return path
  const part = await partOf(path)
  await writeFile(part, bytes)
  await rename(part, path)
  return path
}

const pathOf = (name: ClipName, from: string | Buffer): string =>
  join(FOLDER, createHash('sha256').update(from).digest('hex').slice(0, 16), name)

/** Two test files may make the same clip at once: each writes its own, the last rename stands. */
async function partOf(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const name = `part-${process.pid}-${crypto.randomUUID()}`
  return join(dirname(path), name + path.slice(path.lastIndexOf('.')))
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
