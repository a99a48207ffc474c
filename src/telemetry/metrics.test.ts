import { describe, expect, it } from 'vitest'
import { group, plan } from '../../test/support/made-up-plans.ts'
import type { Veto } from '../planning/reasons.ts'
import type { Episode } from '../rebalancing/episodes.ts'
import type { LoopHold } from '../rebalancing/loop-hold.ts'
import { createMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'

/** The series of respread's own metrics by name, those of 0 left out. */
async function series(metrics: Metrics): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('respread_'))
  const values = lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))] as const)
  return Object.fromEntries(values.filter(([name, value]) => value !== 0 && !name.includes('_bucket')))
}

const veto = (reason: Veto['reason']): Veto => ({ reason, message: '' })

describe('metrics of plans', () => {
  it('show how groups stand and what is planned', async () => {
    const metrics = createMetrics({ violatedGroupSeries: 200 })
    metrics.planned(
      plan([
        group({ a: 6, b: 6, c: 0 }),
        group({ a: 3, b: 0 }, { status: 'Blocked', reason: 'BudgetNeverAllows', workload: { kind: 'StatefulSet', name: 'db' } }),
        group({ a: 1, b: 1 }),
      ]),
      0.5,
    )
    expect(await series(metrics)).toEqual({
      respread_plan_seconds_count: 1,
      respread_plan_seconds_sum: 0.5,
      'respread_groups{status="Violated"}': 1,
      'respread_groups{status="Blocked"}': 1,
      'respread_groups{status="Balanced"}': 1,
      'respread_excess{status="Violated"}': 10,
      'respread_excess{status="Blocked"}': 2,
      'respread_violated_group_excess{namespace="shop",kind="Deployment",name="web",topology_key="topology.kubernetes.io/zone",when_unsatisfiable="DoNotSchedule",status="Violated"}': 10,
      'respread_violated_group_excess{namespace="shop",kind="StatefulSet",name="db",topology_key="topology.kubernetes.io/zone",when_unsatisfiable="DoNotSchedule",status="Blocked"}': 2,
    })
  })

  it('give only the worst groups a series, and none to those that recovered', async () => {
    const metrics = createMetrics({ violatedGroupSeries: 1 })
    const groups = [3, 9, 6].map(count => group({ a: count, b: 0 }, { workload: { kind: 'Deployment', name: `w${count}` } }))
    metrics.planned(plan(groups), 0)
    const ofGroups = Object.keys(await series(metrics)).filter(name => name.includes('violated_group_excess'))
    expect(ofGroups).toEqual([expect.stringContaining('name="w9"')])
    expect(await series(metrics)).toMatchObject({ respread_violated_groups_without_series: 2 })
    metrics.planned(plan([]), 0)
    expect(Object.keys(await series(metrics)).filter(name => name.includes('violated_group'))).toEqual([])
  })

  it('count a refusal once, however many plans repeat it', async () => {
    const metrics = createMetrics({ violatedGroupSeries: 1 })
    const leavingAlone = (...reasons: readonly (readonly [string, Veto['reason']])[]): void =>
      metrics.planned({ ...plan([]), leftAlone: new Map(reasons.map(([uid, reason]) => [uid, veto(reason)])) }, 0)
    leavingAlone(['u1', 'TooYoung'], ['u2', 'TooYoung'])
    leavingAlone(['u1', 'TooYoung'], ['u2', 'LocalStorage'])
    leavingAlone(['u1', 'TooYoung'])
    leavingAlone(['u1', 'TooYoung'], ['u2', 'LocalStorage'])
    expect(await series(metrics)).toMatchObject({
      'respread_refusals_total{reason="TooYoung"}': 2,
      'respread_refusals_total{reason="LocalStorage"}': 2,
      'respread_pods_left_alone{reason="TooYoung"}': 1,
      'respread_pods_left_alone{reason="LocalStorage"}': 1,
    })
  })
})

describe('metrics of the loop', () => {
  it('count evictions and deletion costs by answer, landings and episodes by what is told', async () => {
    const metrics = createMetrics({ violatedGroupSeries: 1 })
    metrics.answered({ kind: 'Accepted' })
    metrics.answered({ kind: 'Accepted' })
    metrics.answered({ kind: 'BudgetExhausted', message: '' })
    metrics.annotated({ kind: 'Written' })
    metrics.annotated({ kind: 'Foreign' })
    for (const reason of ['Landed', 'Landed', 'LandingMissed', 'ReplacementOverdue'] as const) {
      metrics.recorder.record({ reason, level: 'info', message: '' })
    }
    metrics.recorder.record({ reason: 'EpisodeDone', level: 'info', message: '', fields: { cause: 'Outage', secondsToBalance: 90 } })
    expect(await series(metrics)).toEqual({
      'respread_evictions_total{outcome="Accepted"}': 2,
      'respread_evictions_total{outcome="BudgetExhausted"}': 1,
      'respread_deletion_costs_total{outcome="Written"}': 1,
      'respread_deletion_costs_total{outcome="Foreign"}': 1,
      'respread_landings_total{result="helped"}': 2,
      'respread_landings_total{result="missed"}': 1,
      'respread_landings_total{result="overdue"}': 1,
      'respread_episodes_total{cause="Outage"}': 1,
      respread_time_to_balance_seconds_count: 1,
      respread_time_to_balance_seconds_sum: 90,
      'respread_occurrences_total{reason="Landed",level="info"}': 2,
      'respread_occurrences_total{reason="LandingMissed",level="info"}': 1,
      'respread_occurrences_total{reason="ReplacementOverdue",level="info"}': 1,
      'respread_occurrences_total{reason="EpisodeDone",level="info"}': 1,
    })
  })

  it('know every answer before it is first given', async () => {
    expect(await createMetrics({ violatedGroupSeries: 1 }).text()).toContain('respread_evictions_total{outcome="Lost"} 0')
  })
})

describe('metrics of the self-check', () => {
  it('count samples, what they compared, and differences by view', async () => {
    const metrics = createMetrics({ violatedGroupSeries: 1 })
    const difference = { about: 'node-a', held: 'cpu 600', counted: 'cpu 500' }
    metrics.selfChecked({ of: 'nodes', compared: 100, differences: [{ view: 'nodes', ...difference }] })
    metrics.selfChecked({
      of: 'pods',
      compared: 500,
      differences: [
        { view: 'nodes', ...difference },
        { view: 'budgets', ...difference },
      ],
    })
    expect(await series(metrics)).toEqual({
      respread_self_checks_total: 2,
      'respread_self_check_compared_total{kind="nodes"}': 100,
      'respread_self_check_compared_total{kind="pods"}': 500,
      'respread_self_check_differences_total{view="nodes"}': 2,
      'respread_self_check_differences_total{view="budgets"}': 1,
    })
  })

  it('know every view before it first differs', async () => {
    const text = await createMetrics({ violatedGroupSeries: 1 }).text()
    for (const view of ['nodes', 'counts', 'groups', 'budgets'])
      expect(text).toContain(`respread_self_check_differences_total{view="${view}"} 0`)
  })
})

describe('metrics asked for at each scrape', () => {
  it('show the loop and its caches as they are then', async () => {
    const metrics = createMetrics({ violatedGroupSeries: 1 })
    const counts = {
      lists: 1,
      watches: 2,
      events: 30,
      failures: 4,
      stalls: 5,
      garbageLines: 6,
      unreadable: 8,
      relists: { Expired: 1, Garbage: 0 },
      missedByWatch: 7,
    }
    const shut: LoopHold = { reason: 'OutsideWindow', message: '', until: 1_700_000_000_000 }
    const status = { hold: shut as LoopHold | undefined, inFlight: 3 }
    metrics.scrapeFrom({
      loop: () => ({ ...status, overdue: 1, episode: undefined, deletionCosts: 4 }),
      mayAct: () => true,
      freshness: () => [{ kind: 'Pod', required: true, synced: true, ageMs: 1500 }],
      events: () => ({ sent: 7, repeated: 2, dropped: 1, failed: 0 }),
      watches: () => [['Pod', counts]],
    })
    const expected = {
      'respread_held{reason="OutsideWindow"}': 1,
      'respread_held_until_timestamp_seconds{reason="OutsideWindow"}': 1_700_000_000,
      respread_in_flight: 3,
      respread_overdue: 1,
      respread_pods_with_deletion_cost: 4,
      'respread_events_total{outcome="sent"}': 7,
      'respread_events_total{outcome="repeated"}': 2,
      'respread_events_total{outcome="dropped"}': 1,
      respread_leader: 1,
      'respread_staleness_seconds{kind="Pod"}': 1.5,
      'respread_synced{kind="Pod"}': 1,
      'respread_lists_total{kind="Pod"}': 1,
      'respread_watches_total{kind="Pod"}': 2,
      'respread_watch_events_total{kind="Pod"}': 30,
      'respread_watch_failures_total{kind="Pod"}': 4,
      'respread_watch_stalls_total{kind="Pod"}': 5,
      'respread_watch_garbage_lines_total{kind="Pod"}': 6,
      'respread_unreadable_objects_total{kind="Pod"}': 8,
      'respread_watch_missed_total{kind="Pod"}': 7,
      'respread_relists_total{kind="Pod",reason="Expired"}': 1,
    }
    expect(await series(metrics)).toEqual(expected)
    // Copied, not added up, at the second scrape.
    counts.events = 31
    status.hold = undefined
    const rest = Object.fromEntries(Object.entries(expected).filter(([name]) => !name.includes('_held')))
    expect(await series(metrics)).toEqual({ ...rest, 'respread_watch_events_total{kind="Pod"}': 31 })
  })

  it('show the episode that goes on', async () => {
    const metrics = createMetrics({ violatedGroupSeries: 1 })
    const episode: Episode = { cause: 'Outage', what: 'zone c', startedAt: 5_000, phase: 'Respread', since: 9_000, evictions: 3, misses: 1 }
    metrics.scrapeFrom({
      loop: () => ({ hold: undefined, inFlight: 0, overdue: 0, episode, deletionCosts: 0 }),
      mayAct: () => true,
      freshness: () => [],
      events: () => ({ sent: 0, repeated: 0, dropped: 0, failed: 0 }),
      watches: () => [],
    })
    expect(await series(metrics)).toEqual({
      respread_leader: 1,
      respread_episode_active: 1,
      'respread_episode_started_timestamp_seconds{cause="Outage",phase="Respread"}': 5,
      'respread_episode_evictions{cause="Outage",phase="Respread"}': 3,
      'respread_episode_misses{cause="Outage",phase="Respread"}': 1,
    })
  })
})
