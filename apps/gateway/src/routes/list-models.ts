import {
  MAX_DURATION_MS,
  MAX_OUTPUT_SIDE_PX,
  MAX_SOURCE_BYTES,
  MODEL,
  UPSCALE_FACTORS,
} from '@upscale/types'
import type { PlanId, RatesView, UpscaleFactor } from '@upscale/types'
import { z } from 'zod'
import type { Endpoint } from '../http/endpoint.ts'
import { succeed } from '../http/envelope.ts'
import type { Operation } from '../http/operation.ts'

const run: Operation = async (ctx, req, res) => {
  const type = req.query['type']
  const models =
    type === undefined || type === 'video' ? [modelView(await ctx.billing.readRates())] : []
  succeed(res, { models })
}

const modelView = (rates: RatesView) => ({
  id: MODEL,
  name: 'Topaz Video Upscale',
  type: 'video',
  description:
    'Enhances a video of up to 60 seconds: denoise, sharpen, detail, at the same size ("1") or at 2 or 4 times the size.',
  endpoint: '/tools/upscale-video',
  credits: { unit: 'second', by_factor: rates.creditsPerSecond },
  price_per_second_usd: {
    pro_yearly: usdByFactor(rates, 'pro_yearly'),
    pro_monthly: usdByFactor(rates, 'pro_monthly'),
  },
  limits: {
    max_duration_seconds: MAX_DURATION_MS / 1000,
    formats: ['mp4', 'mov', 'mkv'],
    max_source_bytes: MAX_SOURCE_BYTES,
    max_output_side: MAX_OUTPUT_SIDE_PX,
  },
})

/** Dollars as text, exact: 16 credits of 6000 millionths are `0.096`. */
function usdByFactor({ creditsPerSecond, plans }: RatesView, plan: PlanId) {
  const micros = plans.find(({ id }) => id === plan)?.usdMicrosPerCredit ?? 0
  const entries = UPSCALE_FACTORS.map((factor) => [
    factor,
    ((creditsPerSecond[factor] * micros) / 1_000_000).toFixed(6).replace(/(\.\d{3}\d*?)0+$/, '$1'),
  ])
  return Object.fromEntries(entries) as Record<UpscaleFactor, string>
}

const EXAMPLE_RATES: RatesView = {
  at: '2026-02-14T12:00:00.000Z',
  creditsPerSecond: { '1': 16, '2': 16, '4': 28 },
  plans: [
    { id: 'pro_yearly', dailyTasks: 500, usdMicrosPerCredit: 6_000 },
    { id: 'pro_monthly', dailyTasks: 500, usdMicrosPerCredit: 12_000 },
  ],
  schedule: [],
}

const byFactor = <T extends z.ZodType>(value: T) => z.object({ '1': value, '2': value, '4': value })
const Usd = byFactor(z.string().regex(/^\d+\.\d{3,6}$/))

const Model = z.object({
  id: z.literal(MODEL),
  name: z.string(),
  type: z.literal('video'),
  description: z.string(),
  endpoint: z.string(),
  credits: z.object({ unit: z.literal('second'), by_factor: byFactor(z.int().min(1)) }),
  price_per_second_usd: z.object({ pro_yearly: Usd, pro_monthly: Usd }),
  limits: z.object({
    max_duration_seconds: z.int(),
    formats: z.array(z.string()),
    max_source_bytes: z.int(),
    max_output_side: z.int(),
  }),
})

export const listModels: Endpoint = {
  id: 'listModels',
  method: 'GET',
  path: '/api/v1/models',
  access: 'public',
  tag: 'Models',
  summary: 'List models, prices and limits',
  description: 'Works with or without a key. Any `type` but `video` gives an empty list.',
  query: z.object({ type: z.string().optional().describe('Only models of this type') }),
  answers: {
    200: {
      description: 'The models',
      data: z.object({ models: z.array(Model) }),
      example: { models: [modelView(EXAMPLE_RATES)] },
    },
  },
  errors: [],
  run,
}
