import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'

/** A process that does `work`, a piece of code, inside `runProcess`. */
async function run(work: string) {
  const program = `
    import { ConfigError, runProcess } from '@upscale/runtime'
    import { AppError } from '@upscale/types'
    await runProcess('test', async () => { ${work} })`
  const args = ['--conditions=@upscale/source', '--input-type=module', '-e', program]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code: code as number | null, lines: out.split('\n').filter(Boolean), err }
}

test.each([
  ["throw new ConfigError('PORT is not set')", 'PORT is not set'],
  ["throw new AppError('UPSCALER_UNAVAILABLE', 'Install ffmpeg')", 'Install ffmpeg'],
])('%s is said in a sentence', async (work, sentence) => {
  const { code, lines, err } = await run(work)
  expect({ code, err }).toEqual({ code: 1, err: '' })
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { level: 'fatal', time: expect.any(String), service: 'test', msg: sentence },
  ])
})

test.each([
  ['a bug', "throw new TypeError('oops')"],
  [
    'one in a callback',
    "setTimeout(() => { throw new TypeError('oops') }); await new Promise(() => {})",
  ],
  [
    'a rejection of nobody',
    "void Promise.reject(new TypeError('oops')); await new Promise((r) => setTimeout(r, 5000))",
  ],
])('%s ends it too, with its stack in the log', async (_name, work) => {
  const { code, lines, err } = await run(work)
  expect({ code, err, count: lines.length }).toEqual({ code: 1, err: '', count: 1 })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'fatal',
    err: { type: 'TypeError', message: 'oops', stack: expect.stringContaining('at ') },
  })
})

test('work that ends leaves nothing to say', async () => {
  expect(await run('')).toEqual({ code: 0, lines: [], err: '' })
})
