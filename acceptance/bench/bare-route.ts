import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { Pool } from 'pg'

/** The floor of a status read: Express 5 and one row by its key. `bare-route.ts <database url>` */
const [, , connectionString = ''] = process.argv
const pool = new Pool({ connectionString, max: 10 })
const app = express()
app.get('/tasks/:id', async (req, res) => {
  const { rows } = await pool.query({
    name: 'task',
    text: 'select * from gateway.task where task_id = $1',
    values: [req.params.id],
  })
  res.json({ success: true, data: rows[0] })
})
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.((server.address() as AddressInfo).port)
