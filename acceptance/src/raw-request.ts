import { connect } from 'node:net'

/** What a server answers to bytes as they are, until it closes the connection; `pieces` come slowly. */
export async function rawRequest(
  origin: string,
  pieces: readonly string[],
  everyMs = 0,
): Promise<string> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port) })
  const answer = Promise.withResolvers<string>()
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (part: string) => (text += part))
  socket.once('error', () => answer.resolve(text)) // it had enough
  socket.once('close', () => answer.resolve(text))
  for (const piece of pieces) {
    if (socket.destroyed) break
    socket.write(piece, 'latin1')
    if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  return await answer.promise
}
