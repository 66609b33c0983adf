import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { PUBLIC_CODES, TASK_CODES, isErrorCode, isPublicCode } from '@upscale/types'
import type { PublicErrorCode } from '@upscale/types'
import { ENDPOINTS } from '../endpoints.ts'
import { errorsByStatus } from './general-errors.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const OTHERS = /\/(dist|node_modules|tests)\/|\/packages\/testing\/|\.test\.ts$/
const RESERVED = ['MISSING_PROMPT', 'UPSCALER_REJECTED'] // nothing throws them yet

/** Codes that the sources of a folder give to an error that they make. */
async function codesThrownIn(folder: string): Promise<PublicErrorCode[]> {
  const names = await readdir(ROOT + folder, { recursive: true })
  const files = names.map((name) => `${ROOT}${folder}/${name}`)
  const sources = files.filter((file) => file.endsWith('.ts') && !OTHERS.test(file))
  const texts = await Promise.all(sources.map((file) => readFile(file, 'utf8')))
  const words = texts.flatMap((text) => [...text.matchAll(/\w\(\s*(?:\w+,\s*)?'([A-Z_]+)'/g)])
  return words.flatMap(([, word = '']) => (isErrorCode(word) && isPublicCode(word) ? [word] : []))
}

test('every code that is thrown is listed with an operation or a task, and the other way round', async () => {
  const thrown = new Set((await Promise.all(['apps', 'packages'].map(codesThrownIn))).flat())
  const listed = new Set([
    ...ENDPOINTS.flatMap((endpoint) => [...errorsByStatus(endpoint).values()].flat()),
    ...TASK_CODES,
  ])
  expect([...thrown].filter((code) => !listed.has(code))).toEqual([])
  const unknown = PUBLIC_CODES.filter((code) => !thrown.has(code) && !RESERVED.includes(code))
  expect(unknown).toEqual([])
})
