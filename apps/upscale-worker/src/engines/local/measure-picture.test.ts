import { expect, test } from '@jest/globals'
import type { PictureSample } from '../../picture-samples.ts'
import { measurePicture } from './measure-picture.ts'

const WIDTH = 128
const HEIGHT = 64

function sample(value: (x: number, y: number) => number): PictureSample {
  const luma = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
    Math.round(value(at % WIDTH, Math.floor(at / WIDTH))),
  )
  return { width: WIDTH, height: HEIGHT, luma, chroma: new Uint8Array() }
}

/** Twelve even random numbers make a normal one; the same ones each time. */
function grain() {
  let state = 1
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  return () => Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, -6)
}

/** Bars whose both sides are the given edge. */
const bars = (edge: (x: number) => number) =>
  sample((x) => 120 + 60 * edge(Math.abs((x % 32) - 16) - 8))

test.each([0, 2, 6])('sees grain of %i levels', (sigma) => {
  const next = grain()
  const { noise } = measurePicture([sample((x) => 100 + x / 4 + sigma * next())])
  expect(Math.abs(noise - 0.8 * sigma)).toBeLessThan(0.3 + 0.1 * sigma) // the calmest tenth has less
})

test('tells a sharp edge from a soft one', () => {
  const sharp = measurePicture([bars((x) => (x < 0 ? -1 : 1))]).sharpness
  const soft = measurePicture([bars((x) => Math.tanh(x / 2))]).sharpness
  expect(sharp).toBeGreaterThan(0.45)
  expect(soft).toBeLessThan(0.35)
})

const blocks = (x: number, y: number) => 100 + 6 * ((Math.floor(x / 8) + Math.floor(y / 8)) % 3)

test.each([0, 5])('sees blocks, on a grid that begins at %i', (start) => {
  const { blockiness } = measurePicture([sample((x, y) => blocks(x + start, y + start))])
  expect(blockiness).toBeGreaterThan(0.9)
})

test('takes neither grain nor outlines for blocks', () => {
  const next = grain()
  expect(measurePicture([sample(() => 100 + 2 * next())]).blockiness).toBeLessThan(0.03)
  expect(measurePicture([sample((x, y) => 5 * blocks(x, y) - 400)]).blockiness).toBe(0)
})

test('a flat or a clipped picture counts as clean and sharp', () => {
  const next = grain()
  const nothing = { noise: 0, sharpness: 1, blockiness: 0 }
  expect(measurePicture([sample(() => 100)])).toEqual(nothing)
  expect(measurePicture([sample(() => 16 + Math.abs(next()))]).noise).toBe(0)
  expect(measurePicture([])).toEqual(nothing)
})
