import { expect, test } from '@jest/globals'
import { aspect, rightAngle, rotationOf, timesMatrix } from './display.ts'
import type { Matrix } from './display.ts'

test.each<[Matrix, number]>([
  [[1, 0, 0, 1], 0],
  [[0, 1, -1, 0], 90],
  [[-1, 0, 0, -1], 180],
  [[0, -1, 1, 0], 270],
  [[-1, 0, 0, 1], 180], // mirrored, as ffmpeg reads it
  [[0, 1, 1, 0], 90],
])('matrix %j turns by %i', (matrix, degrees) => {
  expect(rotationOf(matrix)).toBe(degrees)
})

test.each<[string, Matrix]>([
  ['sheared', [1, 0.5, 0, 1]],
  ['scaled', [2, 0, 0, 2]],
  ['flat', [0, 0, 0, 0]],
  ['crooked', [0.7, 0.7, -0.7, 0.7]],
])('a %s matrix is refused', (_, matrix) => {
  expect(() => rotationOf(matrix)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_VIDEO', key: 'video_geometry_invalid' }),
  )
})

test('two turns add up', () => {
  const quarter: Matrix = [0, 1, -1, 0]
  expect(rotationOf(timesMatrix(quarter, quarter))).toBe(180)
})

test('degrees of any size, right angles only', () => {
  expect([0, -90, 450, 179.8].map(rightAngle)).toEqual([0, 270, 90, 180])
  expect(() => rightAngle(45)).toThrow()
  expect(() => rightAngle(NaN)).toThrow()
})

test('aspect in lowest terms', () => {
  expect(aspect(128, 90)).toEqual([64, 45])
  expect(aspect(0, 0)).toEqual([1, 1])
})
