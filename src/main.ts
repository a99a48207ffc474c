#!/usr/bin/env node
// The dependencies cannot even be loaded by an older Node, so the version is checked before anything else is imported.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 11)) {
  console.error(`respread needs Node 24.11 or newer; this is ${process.version}. In the checkout, start it with npx, which brings its own.`)
  process.exitCode = 1
} else {
  const { main } = await import('./commands/cli.ts')
  process.exitCode = await main(process.argv)
}
