import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { SEARCH_ATTRIBUTES } from '@upscale/workflows/activities'

export interface TemporalPlace {
  address: string
  namespace: string
}

const ATTRIBUTES = SEARCH_ATTRIBUTES.map(({ name }) => name)
const KEYWORD = 2 // temporal.api.enums.v1.IndexedValueType

// By default a shard's queues are read 20 times a second: each task would wait up to 50 ms.
const POLLS_PER_SECOND = 1000
const QUEUES = ['transfer', 'timer', 'visibility']

/** Arguments of the dev server. Without a file all is kept in memory; without a UI port there is none. */
export function devServerArgs(server: {
  port: number
  uiPort?: number | undefined
  file?: string | undefined
}): string[] {
  const { port, uiPort, file } = server
  const page =
    uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']
  const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL']
  const state =
    file === undefined ? [] : ['--db-filename', file, ...flag('--sqlite-pragma', pragmas)]
  const attributes = ATTRIBUTES.map((name) => `${name}=Keyword`)
  const polls = QUEUES.map((name) => `history.${name}ProcessorMaxPollRPS=${POLLS_PER_SECOND}`)
  return ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)].concat(
    page,
    state,
    ['--log-level', 'warn', '--log-format', 'json'],
    flag('--search-attribute', attributes),
    flag('--dynamic-config-value', ['matching.enableFairness=true', ...polls]),
  )
}

const flag = (name: string, values: readonly string[]) => values.flatMap((value) => [name, value])

/** Throws until the namespace answers and knows the search attributes. */
export async function checkTemporal({ address, namespace }: TemporalPlace): Promise<void> {
  await using connection = await openConnection(address)
  await connection.workflowService.describeNamespace({ namespace })
  const missing = await missingAttributes(connection, namespace)
  if (missing.length > 0)
    throw new Error(`Temporal lacks the search attributes ${missing.join(', ')}`)
}

/** Registers what is missing of the search attributes: for a server that others run. */
export async function registerAttributes({ address, namespace }: TemporalPlace): Promise<void> {
  await using connection = await openConnection(address)
  const missing = await missingAttributes(connection, namespace)
  if (missing.length === 0) return
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
  })
}

/** How long closed runs stay visible: a dev server drops them after a day unless told. */
export async function keepClosedRuns(
  { address, namespace }: TemporalPlace,
  days: number,
): Promise<void> {
  await using connection = await openConnection(address)
  const retention = msToTs(days * 86_400_000)
  const { config } = await connection.workflowService.describeNamespace({ namespace })
  if (String(config?.workflowExecutionRetentionTtl?.seconds) === String(retention.seconds)) return
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: retention },
  })
}

async function missingAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  return ATTRIBUTES.filter((name) => !Object.hasOwn(customAttributes ?? {}, name))
}

async function openConnection(address: string): Promise<Connection & AsyncDisposable> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' })
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() })
}
