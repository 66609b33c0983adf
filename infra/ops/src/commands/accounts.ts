import { Argument, Option } from 'commander'
import type { Command } from 'commander'
import { PLAN_IDS } from '@upscale/types'
import type {
  AccountId,
  AccountList,
  AccountView,
  Because,
  ChangePlanRequest,
  CustomerId,
  OpenAccountRequest,
  PlanId,
} from '@upscale/types'
import { readAccountId, readCustomerId } from '../arguments.ts'
import { addBecause, becauseOf } from '../because.ts'
import type { BecauseOptions } from '../because.ts'
import type { OpenDesk } from '../desk.ts'
import { addExample } from '../example.ts'
import { renderAccount } from '../output/account.ts'
import { renderTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { count } from '../output/words.ts'
import { addPages, moreText, readPages } from '../pages.ts'
import type { PageOptions } from '../pages.ts'
import type { World } from '../world.ts'

type ListedAccount = AccountList['items'][number]

const COLUMNS: readonly Column<ListedAccount>[] = [
  { title: 'ACCOUNT', text: ({ accountId }) => accountId },
  { title: 'PLAN', text: ({ plan }) => plan },
  { title: 'BALANCE', text: ({ balance }) => count(balance), align: 'right' },
]

export function addAccounts(program: Command, openDesk: OpenDesk, world: World): void {
  const accounts = program.command('accounts').description('balances and plans of customers')
  addList(accounts, openDesk)
  addShowAccount(accounts, openDesk)
  addOpen(accounts, openDesk, world)
  addPlan(accounts, openDesk, world)
}

function addList(accounts: Command, openDesk: OpenDesk): void {
  const command = accounts
    .command('list')
    .description('accounts by name')
    .action(async (options: PageOptions, command: Command) => {
      const { api, show } = openDesk(command)
      const found = await readPages<ListedAccount>(api, '/internal/billing/accounts', options)
      show(found, (list, colors) => renderTable(COLUMNS, list.items, colors) + moreText(list))
    })
  addExample(addPages(command), 'accounts list --all')
}

function addShowAccount(accounts: Command, openDesk: OpenDesk): void {
  const command = accounts
    .command('show')
    .description('balance, plan, price and quota of an account')
    .argument('<account>', '<customer>:live or <customer>:test', readAccountId)
    .action(async (account: AccountId, _options: object, command: Command) => {
      const { api, show } = openDesk(command)
      show(await api.get<AccountView>(`/internal/billing/accounts/${account}`), renderAccount)
    })
  addExample(command, 'accounts show acme:live')
}

interface OpenOptions extends BecauseOptions {
  plan: PlanId
}

function addOpen(accounts: Command, openDesk: OpenDesk, world: World): void {
  const command = accounts
    .command('open')
    .description(
      'open a customer with its live and test account; harmless when it is open on this plan',
    )
    .argument('<customer>', 'customer id', readCustomerId)
    .addOption(new Option('--plan <plan>').choices(PLAN_IDS).default('free'))
    .action(async (customerId: CustomerId, options: OpenOptions, command: Command) => {
      const { plan } = options
      const request: OpenAccountRequest = { customerId, plan, ...becauseOf(options, world) }
      const { change } = openDesk(command)
      await change(
        '/internal/accounts',
        request,
        () => `Customer ${customerId} is open on plan ${plan}, live and for tests.`,
      )
    })
  addExample(addBecause(command), 'accounts open acme --plan pro_monthly --reason "contract 17"')
}

function addPlan(accounts: Command, openDesk: OpenDesk, world: World): void {
  const command = accounts
    .command('plan')
    .description("change a customer's plan")
    .argument('<customer>', 'customer id', readCustomerId)
    .addArgument(new Argument('<plan>').choices(PLAN_IDS))
    .action(
      async (customerId: CustomerId, plan: PlanId, options: BecauseOptions, command: Command) => {
        const request: ChangePlanRequest & Because = { plan, ...becauseOf(options, world) }
        const { change } = openDesk(command)
        await change(
          `/internal/billing/customers/${customerId}/plan`,
          request,
          () => `Customer ${customerId} is on plan ${plan} now.`,
        )
      },
    )
  addExample(addBecause(command), 'accounts plan acme pro_yearly --reason "paid for a year"')
}
