import { isIP, type LookupFunction, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildConnector } from 'undici'
import { fetchFailed } from './failure.ts'
import { isAllowedAddress, pairOf, type SafeFetchPolicy } from './policy.ts'

export interface ConnectLimits {
  resolveMs: number
  connectMs: number
}

type Goal = buildConnector.Options

const MAX_DIALLED = 4 // addresses of one host that we try

/**
 * A connector that undici calls for every connection. It resolves the name once, checks every answer,
 * dials only those, and checks the address it ended at. `onConnect` gets each open socket.
 */
export function guardedConnector(
  policy: SafeFetchPolicy,
  limits: ConnectLimits,
  signal: AbortSignal,
  onConnect: (socket: Socket) => void,
): buildConnector.connector {
  const open = async (goal: Goal): Promise<Socket> => {
    const pair = pairOf(goal)
    const isListed = policy.allow.has(pair)
    const addresses = await checkedAddresses(goal.hostname, isListed, policy, limits, signal)
    signal.throwIfAborted()
    if (isListed) policy.onAllowed(pair)
    const socket = await dial(goal, addresses, limits, signal)
    if (!isAllowedAddress(socket.remoteAddress ?? '', isListed, policy)) {
      socket.destroy()
      throw fetchFailed(socket.remoteAddress ? 'url_address_not_allowed' : 'source_unreachable')
    }
    onConnect(socket)
    return socket
  }
  return (goal, settle) => {
    open(goal).then(
      (socket) => settle(null, socket),
      (error: Error) => settle(error, null),
    )
  }
}

async function checkedAddresses(
  host: string,
  isListed: boolean,
  policy: SafeFetchPolicy,
  limits: ConnectLimits,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const addresses = isIP(host) ? [host] : await resolveName(host, isListed, policy, limits, signal)
  if (addresses.length === 0) throw fetchFailed('source_unreachable')
  // One bad answer refuses all: a mix of public and private ones is an attack.
  if (!addresses.every((address) => isAllowedAddress(address, isListed, policy))) {
    throw fetchFailed('url_address_not_allowed')
  }
  return addresses
}

async function resolveName(
  host: string,
  isListed: boolean,
  policy: SafeFetchPolicy,
  limits: ConnectLimits,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // The final dot stops search domains; names of the allow-list may live in one.
  const name = isListed || host.endsWith('.') ? host : `${host}.`
  const stop = new AbortController()
  const timeout = sleep(limits.resolveMs, [], { signal: AbortSignal.any([signal, stop.signal]) })
  try {
    return await Promise.race([policy.resolve(name), timeout])
  } catch (error) {
    throw fetchFailed('source_unreachable', undefined, error)
  } finally {
    stop.abort()
  }
}

function dial(
  goal: Goal,
  addresses: readonly string[],
  limits: ConnectLimits,
  signal: AbortSignal,
): Promise<Socket> {
  const connect = buildConnector({
    lookup: answerOnly(addresses.slice(0, MAX_DIALLED)),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: limits.connectMs / MAX_DIALLED,
    timeout: limits.connectMs,
    signal,
    allowH2: false,
    maxCachedSessions: 0,
    rejectUnauthorized: true,
  })
  return new Promise((resolve, reject) => {
    connect(goal, (error, socket) => {
      if (error) reject(fetchFailed('source_unreachable', undefined, error))
      else resolve(socket)
    })
  })
}

/** A `lookup` that knows only the checked addresses. */
function answerOnly(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, done) => {
    if (options.all) done(null, entries)
    else done(null, entries[0]?.address ?? '', entries[0]?.family)
  }
}
