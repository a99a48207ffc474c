import { basename, join } from 'node:path'
import { build } from 'tsdown'
import config from '../../tsdown.config.ts'

/**
 * Builds one program as respread itself is built, and gives the file: TypeScript run as it stands would measure its compiler too.
 * @param source from the root of the repository
 */
export async function bundle(source: string, folder: string): Promise<string> {
  const name = basename(source, '.ts')
  await build({ ...config, config: false, entry: { [name]: join(import.meta.dirname, '../..', source) }, outDir: folder, clean: false })
  return join(folder, `${name}.mjs`)
}
