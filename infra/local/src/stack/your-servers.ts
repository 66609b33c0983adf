import { Client } from 'pg'
import { Problem } from '../problem.ts'
import type { ServiceRow } from '../supervise/service.ts'
import { registerAttributes } from '../temporal/temporal-server.ts'
import type { TemporalPlace } from '../temporal/temporal-server.ts'

/** A line of the table for a server that people run themselves. */
export const yourRow = (service: string, url: string): ServiceRow => ({
  service,
  url,
  health: null,
  state: 'yours',
  pid: null,
})

/** Checks the database of `DATABASE_URL`. Its URL without who logs in and how. */
export async function checkYourDatabase(adminUrl: string): Promise<string> {
  const { host, pathname } = new URL(adminUrl)
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no answer'
    throw new Problem(
      `The database of DATABASE_URL at ${host} cannot be used (${reason}): mend the URL, or unset it to get a database here.`,
    )
  } finally {
    await client.end()
  }
  return `postgres://${host}${pathname}`
}

/** Makes the server of `TEMPORAL_ADDRESS` ready for our jobs. */
export async function prepareYourTemporal(place: TemporalPlace): Promise<void> {
  try {
    await registerAttributes(place)
  } catch (error) {
    throw new Problem(
      `No Temporal server with a namespace "${place.namespace}" answers at TEMPORAL_ADDRESS ${place.address}: start it, or unset the variable to get a server here.`,
      1,
      error,
    )
  }
}
