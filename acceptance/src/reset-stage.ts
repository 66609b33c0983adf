import { openChecker } from './checked-fetch.ts'
import { startCustomerHost } from './customer-host.ts'
import { customer } from './customer.ts'
import type { Customer } from './customer.ts'
import { openHands } from './kill-hands.ts'
import { openOperator } from './operator.ts'
import { reconcile } from './reconcile.ts'
import { openBooks } from './reset-books.ts'
import { temporalCli } from './reset-cli.ts'
import { haltTogether, onePassForAll } from './reset-sharing.ts'
import type { SharedStack } from './shared-stack.ts'

/** Two files that differ only in pictures which do not decode. */
export interface Clips {
  good: string
  broken: string
}

export interface Payer {
  accountId: string
  us: Customer
}

export type Stage = Awaited<ReturnType<typeof openStage>>

/** A running stack with all hands that the reset matrix needs. */
export async function openStage(stack: SharedStack, clips: Clips) {
  const operator = await openOperator(stack)
  const host = await startCustomerHost(stack.customerPort)
  const check = await openChecker(stack.api)
  const books = openBooks(stack.database, operator.temporal)
  let opened = 0

  const openPayer = async (credits: number): Promise<Payer> => {
    const name = `reset-${process.pid}-${(opened += 1)}`
    const { key } = await operator.openAccount(name, 'enterprise', credits)
    return { accountId: `${name}:live`, us: customer(stack.api, key, check) }
  }
  const rich = await openPayer(1_000_000)

  return {
    clips,
    host,
    operator,
    books,
    rich,
    openPayer,
    cli: temporalCli(stack),
    haltEngine: haltTogether(
      () => operator.kill('upscale-worker', 'SIGSTOP'),
      () => operator.kill('upscale-worker', 'SIGCONT'),
    ),
    reconcile: onePassForAll(() => reconcile(operator)),
    /** The work folder becomes a file: an outage of our own, which parks every job until it is mended. */
    breakDisk: (): Promise<() => Promise<void>> => openHands(stack).takeFolder('work'),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await books[Symbol.asyncDispose]()
      await operator[Symbol.asyncDispose]()
    },
  }
}
