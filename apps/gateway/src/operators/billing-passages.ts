import type { GatewayContext } from '../context.ts'
import {
  previewAccept,
  previewAdjust,
  previewGrant,
  previewOpen,
  previewPlan,
  previewRate,
} from './billing-previews.ts'
import type { Asked, Preview } from './billing-previews.ts'
import { requireSamePlan } from './find-customer.ts'
import { requireOrder } from './require-order.ts'

/** A path of billing's API that operators reach through the gateway. */
export interface BillingPassage {
  method: 'GET' | 'POST'
  path: string
  /** Where it stands in the operators' API, when not below `/internal/billing`. */
  at?: string
  /** What it changes; without it, it only reads. */
  change?: {
    /** As the audit table calls it. */
    action: string
    /** Name of the path's parameter, or of the body's field, that says what is changed. */
    target: string
    /** Of the body, besides reason, actor and dryRun: a misspelled `dryRun` must not act. */
    fields: readonly string[]
    /** Billing's own books keep the reason and who gave it, too. */
    takesBecause: boolean
    /** Throws what billing cannot know, or would not refuse; a text says what is so already. */
    require?: (ctx: GatewayContext, asked: Asked) => Promise<string | void>
    /** For a dry run. */
    preview: Preview
  }
}

const ACCOUNT = '/accounts/:accountId'

/** A person lets a finding be. */
export const ACCEPT_FINDING = 'accept finding'

/** All that is passed on, and nothing else. */
export const BILLING_PASSAGES: readonly BillingPassage[] = [
  { method: 'GET', path: '/accounts' },
  { method: 'GET', path: ACCOUNT },
  { method: 'GET', path: `${ACCOUNT}/transactions` },
  { method: 'GET', path: '/rates' },
  { method: 'GET', path: '/books' },
  { method: 'GET', path: '/tasks/:taskId/books' },
  {
    method: 'POST',
    path: `${ACCOUNT}/grants`,
    change: {
      action: 'grant',
      target: 'accountId',
      fields: ['key', 'credits', 'purpose'],
      takesBecause: true,
      preview: previewGrant,
    },
  },
  {
    method: 'POST',
    path: `${ACCOUNT}/adjustments`,
    change: {
      action: 'adjust',
      target: 'accountId',
      fields: ['key', 'delta', 'taskId'],
      takesBecause: true,
      require: requireOrder,
      preview: previewAdjust,
    },
  },
  {
    method: 'POST',
    path: '/books/accept',
    change: {
      action: ACCEPT_FINDING,
      target: 'subject',
      fields: ['check', 'subject'],
      takesBecause: true,
      preview: previewAccept,
    },
  },
  {
    method: 'POST',
    path: '/customers',
    at: '/internal/accounts',
    change: {
      action: 'open account',
      target: 'customerId',
      fields: ['customerId', 'plan'],
      takesBecause: false,
      require: requireSamePlan,
      preview: previewOpen,
    },
  },
  {
    method: 'POST',
    path: '/customers/:customerId/plan',
    change: {
      action: 'change plan',
      target: 'customerId',
      fields: ['plan'],
      takesBecause: false,
      preview: previewPlan,
    },
  },
  {
    method: 'POST',
    path: '/rates',
    change: {
      action: 'add rate',
      target: 'factor',
      fields: ['factor', 'creditsPerSecond', 'validFrom'],
      takesBecause: false,
      preview: previewRate,
    },
  },
]
