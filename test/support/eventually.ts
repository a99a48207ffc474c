import { createWallClock } from '../../src/kubernetes/wall-clock.ts'

const clock = createWallClock()

/** Resolves when the condition holds, asked again a few times a second; rejects when that takes longer than a minute. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 600) throw new Error(`still not true after a minute: ${what}`)
    await new Promise<void>(resolve => {
      clock.after(100, resolve)
    })
  }
}
