import { readFileSync, readdirSync } from 'node:fs'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import { openOperator } from './src/operator.ts'
import { copyTasks } from './bench/seed-tasks.ts'
const ready = JSON.parse(readFileSync('/tmp/stb.log','utf8').split('\n').find((l)=>l.startsWith('{"ready"')) ?? '')
const operator = await openOperator({ ...ready, state: '/tmp/stb', port: 26000 })
const list = await (await fetch(ready.api + '/api/v1/tasks?limit=1', { headers: { authorization: `Bearer ${ready.key}` } })).json() as any
const id = list.data.items[0].id
const n = 320, tag = process.argv[2] ?? 'x'
const reqs: any[] = []
for (let i=0;i<n;i++){ const a=`l${tag}-${i}`; const { key } = await operator.openAccount(a,'enterprise',10); const [c=''] = await copyTasks(ready.database,{from:id,accountId:`${a}:live`,count:1}); reqs.push({ id:c, path:`/api/v1/tasks/${c}`, headers:{authorization:`Bearer ${key}`} }) }
const cpu = (pid:number|string)=>{ try { const f=readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' '); return (Number(f[11])+Number(f[12]))*10 } catch { return 0 } }
const pg = ()=> readdirSync('/proc').filter(p=>/^\d+$/.test(p)).reduce((s,p)=>{ try { return readFileSync(`/proc/${p}/comm`,'utf8').startsWith('postgres') ? s+cpu(p) : s } catch { return s } },0)
const bare = fork('bench/bare-route.ts', [ready.database], { execArgv: ['--conditions=@upscale/source'], cwd: '/work/main/acceptance' })
const [port] = (await once(bare,'message')) as [number]
const pid = JSON.parse(readFileSync('/tmp/stb/processes.json','utf8')).gateway.pid
for (let r=0;r<4;r++) for (const [what,url,p,rs] of [['bare',`http://127.0.0.1:${port}`,bare.pid!,reqs.map(x=>({path:`/tasks/${x.id}`}))],['ours',ready.api,pid,reqs]] as const) {
  const before = cpu(p), own = process.cpuUsage(), pgb = pg()
  let k=0
  const res = await autocannon({ url, connections: 16, duration: 5, setupClient: (c)=>{ const m=k++; c.setRequests((rs as any[]).filter((_,i)=>i%16===m)) } })
  const used = process.cpuUsage(own)
  console.log(what, res.requests.average.toFixed(0)+'/s', 'server us/req', ((cpu(p)-before)*1000/res.requests.total).toFixed(0), 'client', ((used.user+used.system)/res.requests.total).toFixed(0), 'pg', ((pg()-pgb)*1000/res.requests.total).toFixed(0), res.non2xx)
}
process.exit(0)
