import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 11)) {
  throw new Error(
    `respread's tests need Node 24.11 or newer, this is ${process.version}; run them through npm (npm test), which brings its own`,
  )
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    // End-to-end tests mostly wait, for processes that start and zones that settle: three files at a time keep even two cores busy.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // What tries hundreds of random clusters takes seconds, and on a busy machine many: only what hangs is to fail by time.
    testTimeout: 60_000,
    reporters: ['default', './.ci/closing-line.ts'],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts'], reporter: ['text-summary', 'text'] },
  },
})
