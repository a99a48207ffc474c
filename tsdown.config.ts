import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: { main: 'src/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node24',
  outDir: 'dist',
  fixedExtension: true,
  dts: false,
  clean: true,
  logLevel: 'warn',
  deps: { alwaysBundle: [/.*/], onlyBundle: false },
})
