// Checks that a file under src/ imports only from its own folder or from a lower floor (never from another folder on its own
// floor), and that the Kubernetes client is imported at run time by src/kubernetes/ alone. Tests are exempt: they may span floors.
import { readFileSync, globSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const floors: Readonly<Record<string, number>> = {
  cluster: 1,
  scheduling: 2,
  planning: 3,
  rebalancing: 4,
  lint: 4,
  configuration: 5,
  kubernetes: 5,
  simulation: 5,
  reporting: 5,
  telemetry: 5,
  commands: 6,
}
const TOP = 6
const problems: string[] = []
const forbiddenBelow: readonly (readonly [pattern: RegExp, folders: readonly string[], why: string])[] = [
  [/^@kubernetes\/client-node/, ['kubernetes'], 'only src/kubernetes/ may import the Kubernetes client'],
  [/^p-queue/, ['kubernetes'], 'p-queue carries evictions and lives in src/kubernetes/'],
  [/^prom-client/, ['telemetry'], 'prom-client lives in src/telemetry/'],
]

for (const file of globSync('src/**/*.ts').sort()) {
  if (file.endsWith('.test.ts')) continue
  const folder = file.split('/')[1] ?? ''
  const isTop = file.split('/').length === 2
  // main.ts stands above the commands it starts.
  const floor = isTop ? TOP + 1 : floors[folder]
  if (floor === undefined) {
    problems.push(`${file}: folder src/${folder} stands on no floor`)
    continue
  }
  const text = readFileSync(file, 'utf8')
  for (const match of text.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
  )) {
    const target = match[2] ?? match[3] ?? ''
    const typeOnly = match[1] !== undefined
    for (const [pattern, allowed, why] of forbiddenBelow) {
      if (pattern.test(target) && !typeOnly && !allowed.includes(folder)) problems.push(`${file}: imports ${target}; ${why}`)
    }
    if (['planning', 'scheduling', 'cluster'].includes(folder) && /^node:(http|https|net|tls|dns|timers|child_process)/.test(target)) {
      problems.push(`${file}: imports ${target}; src/${folder}/ knows no clock and no network`)
    }
    if (!target.startsWith('.')) continue
    const path = normalize(join(dirname(file), target)).split('/')
    if (path.join('/') === 'package.json') continue
    if (path[0] !== 'src') problems.push(`${file}: imports ${target}, outside src/`)
    if (path.length === 2 || path[1] === folder) continue
    const other = floors[path[1] ?? '']
    if (other === undefined || other >= floor) {
      problems.push(`${file} (floor ${floor}): imports ${target}, which is on ${other === undefined ? 'no floor' : `floor ${other}`}`)
    }
  }
  if (['planning', 'scheduling'].includes(folder)) {
    for (const clock of text.matchAll(/\b(Date\.now|Math\.random|new Date\(\)|performance\.now|setTimeout|setInterval)\b/g)) {
      problems.push(`${file}: uses ${clock[1]}; src/${folder}/ knows no clock and no randomness`)
    }
  }
}

for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? 'floors: every import goes downwards' : `floors: ${problems.length} problem(s)`)
process.exitCode = problems.length === 0 ? 0 : 1
