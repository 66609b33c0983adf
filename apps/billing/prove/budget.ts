import { randomInt } from 'node:crypto'
import { envInt } from '@upscale/runtime'
import type { Env } from '@upscale/runtime'
import type { Sabotage } from './chaos/saboteur.ts'
import type { HuntBudget } from './mutants/hunt-mutant.ts'

/** How much of everything the long proof does. The same seed gives the same rows of steps and lives. */
export interface Budget {
  seed: number
  modelRuns: number
  lives: number
  sabotage: Sabotage
  hunt: HuntBudget
}

const SEEDS = 2 ** 31 // what fast-check takes

export function readBudget(env: Env): Budget {
  const seed = envInt(env, 'SEED', randomInt(SEEDS)) % SEEDS
  return {
    seed,
    modelRuns: envInt(env, 'MODEL_RUNS', 2_000),
    lives: envInt(env, 'LIVES', 20_000),
    sabotage: {
      everyMs: envInt(env, 'CONNECTION_KILL_MS', 100),
      serverKills: envInt(env, 'SERVER_KILLS', 24),
    },
    hunt: {
      seed,
      modelRuns: envInt(env, 'MUTANT_MODEL_RUNS', 250),
      lives: envInt(env, 'MUTANT_LIVES', 3_000),
    },
  }
}
