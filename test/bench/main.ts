// npm run bench -- NAME [flags]: prints a table of measurements. Numbers from one run can be compared with each other, not with another day's.
const [name = '', ...args] = process.argv.slice(2)

const BENCHES: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<void> }>>> = {
  deciding: () => import('./deciding.ts'),
  decoding: () => import('./decoding.ts'),
  loop: () => import('./loop.ts'),
  planning: () => import('./planning.ts'),
  scale: () => import('./scale.ts'),
  scheduling: () => import('./scheduling.ts'),
  'self-check': () => import('./self-check.ts'),
  soak: () => import('./soak.ts'),
}

const load = BENCHES[name]
if (load === undefined) {
  console.error(`bench: name one of ${Object.keys(BENCHES).join(', ')}, not "${name}"`)
  process.exitCode = 2
} else {
  await (await load()).run(args)
}
