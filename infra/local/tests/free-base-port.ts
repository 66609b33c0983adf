import { isPortTaken, portsOf } from '../src/ports.ts'

/** A base port with room for a whole stack: test runs beside each other start at different places. */
export async function freeBasePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const base = 20_000 + Math.floor(Math.random() * 12_000)
    const { furtherGateways: _none, ...ports } = portsOf(base)
    const taken = await Promise.all(Object.values(ports).map(isPortTaken))
    if (!taken.includes(true)) return base
  }
  throw new Error('There are not eleven free ports in a row')
}
