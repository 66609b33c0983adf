import { Command } from 'commander'
import { addAccounts } from './commands/accounts.ts'
import { addAdjust } from './commands/adjust.ts'
import { addAudit } from './commands/audit.ts'
import { addBooks } from './commands/books.ts'
import { addDoctor } from './commands/doctor.ts'
import { addFind } from './commands/find.ts'
import { addGrant } from './commands/grant.ts'
import { addJobActions } from './commands/job-actions.ts'
import { addKeys } from './commands/keys.ts'
import { addPlans } from './commands/plans.ts'
import { addRates } from './commands/rates.ts'
import { addReconcile } from './commands/reconcile.ts'
import { addShow } from './commands/show.ts'
import { addTransactions } from './commands/transactions.ts'
import { addViews } from './commands/views.ts'
import { addGlobalOptions, openDesk } from './desk.ts'
import type { World } from './world.ts'

const EXIT_CODES = `
Exit codes: 0 done · 1 something was found, or a fault · 2 mistake of use · 3 refused, nothing moved
            5 the gateway does not answer · 6 the secret is refused`

/** The operators' commands, in the order in which help lists them. */
export function createProgram(world: World): Command {
  const program = new Command('ops')
    .description('Find, mend and pay back jobs; look after accounts, keys and credits')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      outputError: () => {}, // said in one sentence at the end
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES)
  addGlobalOptions(program)

  const desk = openDesk(world)
  addFind(program, desk)
  addShow(program, desk)
  addJobActions(program, desk, world)
  addAccounts(program, desk, world)
  addKeys(program, desk, world)
  addGrant(program, desk, world)
  addAdjust(program, desk, world)
  addTransactions(program, desk)
  addRates(program, desk, world)
  addPlans(program, desk)
  addAudit(program, desk)
  addBooks(program, desk, world)
  addReconcile(program, desk, world)
  addDoctor(program, desk)
  addViews(program, desk)
  return program
}
