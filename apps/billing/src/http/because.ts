import { z } from 'zod'

const saying = (what: string) => z.string(what).refine((text) => VISIBLE.test(text), what)

const VISIBLE = /[^\p{C}\p{Z}]/u

/** Who does it and why, in any length: a ledger line takes what fits. Both stand there for ever. */
export const BECAUSE = {
  reason: saying('say in a few words why, since the ledger keeps it for ever'),
  actor: saying('say who does it, since the ledger keeps it for ever'),
}

const KEY = 'must be 1 to 200 ASCII characters, such as the id of a payment'

/** What makes a grant or an adjustment happen once. */
export const ONCE_KEY = z.string(KEY).regex(/^[\x20-\x7e]{1,200}$/, KEY)
