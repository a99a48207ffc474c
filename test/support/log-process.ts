// Logs more in one go than any pipe holds, says on stdout that it goes on, and ends: by itself, or by a mistake where it is told to make one.
import { writeSync } from 'node:fs'
import { createLog } from '../../src/telemetry/log.ts'

const [lines = '0', how = ''] = process.argv.slice(2)
const log = createLog('info')
for (let n = 0; n < Number(lines); n += 1) log.info('x'.repeat(200), { n })
setImmediate(() => {
  writeSync(process.stdout.fd, 'went on\n')
  if (how === 'mistake') throw new Error('a mistake')
})
