import { oddGeometry } from './refusals.ts'

export type Rotation = 0 | 90 | 180 | 270
/** The 2×2 part of a display matrix: a, b, c, d. */
export type Matrix = readonly [number, number, number, number]

/** The clockwise turn of a matrix; mirrored ones turn as ffmpeg reads them, sheared ones are refused. */
export function rotationOf([a, b, c, d]: Matrix): Rotation {
  const upright = Math.abs(a) === 1 && Math.abs(d) === 1 && b === 0 && c === 0
  const sideways = Math.abs(b) === 1 && Math.abs(c) === 1 && a === 0 && d === 0
  if (!upright && !sideways) throw oddGeometry()
  return rightAngle((Math.atan2(b, a) * 180) / Math.PI)
}

/** Degrees as one of the four turns, 0.5° of rounding allowed. */
export function rightAngle(degrees: number): Rotation {
  const turns = Math.round(degrees / 90)
  if (!(Math.abs(degrees - turns * 90) < 0.5)) throw oddGeometry()
  const quarter = ((turns % 4) + 4) % 4
  return ([0, 90, 180, 270] as const)[quarter] ?? 0
}

export const timesMatrix = (m: Matrix, n: Matrix): Matrix => [
  m[0] * n[0] + m[1] * n[2],
  m[0] * n[1] + m[1] * n[3],
  m[2] * n[0] + m[3] * n[2],
  m[2] * n[1] + m[3] * n[3],
]

/** Width and height in lowest terms; square samples where a side is missing. */
export function aspect(width: number, height: number): readonly [number, number] {
  const divisor = gcd(width, height)
  return width > 0 && height > 0 ? [width / divisor, height / divisor] : [1, 1]
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** Display size of a coded size. */
export const uprightSize = (width: number, height: number, rotation: Rotation) =>
  rotation % 180 === 0 ? { width, height } : { width: height, height: width }
