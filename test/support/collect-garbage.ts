import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * All of it, at once. Twice, since the first time may only end what had begun before: a collection whose marking is under way keeps whatever was made
 * meanwhile, be it in use or not.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc(); gc()')
}
