import { createServer } from 'node:http'

// A service of the tests: healthy at the port given, or ending at once where the port is "fail".
const port = process.argv[2]
if (port === 'fail') {
  process.stderr.write('there is no disk\n')
  process.exit(3)
}
process.on('SIGTERM', () => process.exit(0))
createServer((_req, res) => res.end('ok')).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('listening\n')
})
