import { describe, expect, it } from 'vitest'
import { ConnectionError } from './connection-error.ts'
import { outcomeOfFailure } from './refusal.ts'

describe('no answer', () => {
  it('may be an eviction that happened, unless the request never went out', () => {
    expect(outcomeOfFailure(new ConnectionError('reset', { maybeSent: true }))).toEqual({ kind: 'Lost', message: 'reset' })
    expect(outcomeOfFailure(new ConnectionError('refused', { maybeSent: false }))).toMatchObject({
      kind: 'Throttled',
      message: 'not sent: refused',
    })
  })
})
