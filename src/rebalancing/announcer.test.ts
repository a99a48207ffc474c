import { describe, expect, it } from 'vitest'
import { createAnnouncer, type Statement } from './announcer.ts'

const REASON = { Held: 'BudgetExhausted', Blocked: 'TooYoung', Fine: 'WithinMaxSkew' } as const

/** `topic:reason`, and `topic:reason?` for one that is only worth saying after another. */
function statement(text: string): Statement {
  const [, topic = '', reason] = /^(\w+):(Held|Blocked|Fine)\??$/.exec(text) ?? []
  return { topic, occurrence: { reason: REASON[reason as keyof typeof REASON], level: 'info', message: text }, quiet: text.endsWith('?') }
}

function said(...passes: readonly string[]): readonly (readonly string[])[] {
  let heard: string[] = []
  const announcer = createAnnouncer({ record: ({ message }) => heard.push(message) })
  return passes.map(pass => {
    heard = []
    announcer.announce(pass.split(' ').filter(Boolean).map(statement))
    return heard
  })
}

describe('createAnnouncer', () => {
  it.each<[string, readonly string[], readonly (readonly string[])[]]>([
    ['says what holds once', ['web:Held', 'web:Held'], [['web:Held'], []]],
    ['says it again when the reason changes', ['web:Held', 'web:Blocked'], [['web:Held'], ['web:Blocked']]],
    ['says it again when it comes back', ['web:Held', '', 'web:Held'], [['web:Held'], [], ['web:Held']]],
    ['tells topics apart', ['web:Held', 'web:Held cart:Held'], [['web:Held'], ['cart:Held']]],
    ['never says out of nothing that all is well', ['web:Fine?'], [[]]],
    ['says once that all is well again', ['web:Held', 'web:Fine?', 'web:Fine?'], [['web:Held'], ['web:Fine?'], []]],
  ])('%s', (_, passes, expected) => {
    expect(said(...passes)).toEqual(expected)
  })

  it('says once what two topics have to say in the same words', () => {
    const heard: string[] = []
    const occurrence = { reason: REASON.Held, level: 'info', message: 'shop/web waits' } as const
    const topics = ['web over zone', 'web over hostname'].map(topic => ({ topic, occurrence }))
    const announcer = createAnnouncer({ record: ({ message }) => heard.push(message) })
    for (let pass = 0; pass < 2; pass++) announcer.announce(topics)

    expect(heard).toEqual(['shop/web waits'])
  })
})
